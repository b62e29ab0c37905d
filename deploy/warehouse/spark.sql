-- The tables of broadsheet for spark, made by: broadsheet ddl --dialect spark
-- LAKE stands for the lake's folder: --lake puts yours in its place.

-- Tables over the lake's own files: nothing is loaded, nothing is copied.
-- Pruning: compare source and date with constants (date is null finds what has no date); explain shows PartitionFilters.

create table if not exists documents
using delta
location 'LAKE/documents';

create table if not exists rejects
using delta
location 'LAKE/rejects';

create table if not exists inputs
using delta
location 'LAKE/inputs';

-- Without Delta's jars: the files themselves. New folders are found by the second statement.

create table if not exists documents_files (
  doc_id string,
  uri string,
  record bigint,
  source_basis string,
  date_basis string,
  external_id string,
  external_id_basis string,
  url string,
  url_basis string,
  canonical_url string,
  canonical_url_basis string,
  title string,
  title_basis string,
  subtitle string,
  subtitle_basis string,
  authors array<string>,
  authors_basis string,
  text string,
  captions array<string>,
  published_at timestamp,
  published_at_basis string,
  modified_at timestamp,
  modified_at_basis string,
  crawled_at timestamp,
  crawled_at_basis string,
  section string,
  section_basis string,
  tags array<string>,
  tags_basis string,
  agency string,
  agency_basis string,
  place string,
  place_basis string,
  site_name string,
  site_name_basis string,
  image string,
  image_basis string,
  language string,
  language_confidence double,
  language_agreed boolean,
  languages array<struct<language: string, share: double>>,
  declared_language string,
  content_type string,
  encoding string,
  encoding_basis string,
  replacement_share double,
  chars bigint,
  words bigint,
  text_share double,
  rules_version string,
  model_digest string,
  signature binary,
  cluster_id string,
  declared_language_differs boolean,
  source string,
  date date
)
using parquet
partitioned by (source, date)
location 'LAKE/documents';

msck repair table documents_files;

create table if not exists rejects_files (
  reject_id string,
  uri string,
  record bigint,
  stage string,
  reason string,
  message string,
  payload binary,
  media_type string,
  attempts bigint,
  kind string
)
using parquet
partitioned by (kind)
location 'LAKE/rejects';

msck repair table rejects_files;

create or replace view documents_latest as
select doc_id, uri, record, source, source_basis, date, date_basis, external_id, external_id_basis, url, url_basis, canonical_url, canonical_url_basis, title, title_basis, subtitle, subtitle_basis, authors, authors_basis, text, captions, published_at, published_at_basis, modified_at, modified_at_basis, crawled_at, crawled_at_basis, section, section_basis, tags, tags_basis, agency, agency_basis, place, place_basis, site_name, site_name_basis, image, image_basis, language, language_confidence, language_agreed, languages, declared_language, content_type, encoding, encoding_basis, replacement_share, chars, words, text_share, rules_version, model_digest, signature, cluster_id, declared_language_differs
from (
  select *, row_number() over (
    partition by source, coalesce(canonical_url, url, doc_id)
    order by greatest(coalesce(crawled_at, modified_at, published_at), coalesce(modified_at, published_at, crawled_at), coalesce(published_at, crawled_at, modified_at)) desc nulls last, uri desc, record desc, doc_id desc
  ) as revision
  from documents
) as revisions
where revision = 1;
