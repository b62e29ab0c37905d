-- The tables of broadsheet for bigquery, made by: broadsheet ddl --dialect bigquery
-- LAKE stands for the lake's folder: --lake puts yours in its place.

-- 1. Tables. `broadsheet load` makes them itself; make them first to choose the schema, rights or layout.

create table if not exists documents (
  doc_id string not null,
  uri string not null,
  record int64 not null,
  source string not null,
  source_basis string not null,
  date date,
  date_basis string not null,
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
  text string not null,
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
  language string not null,
  language_confidence float64 not null,
  language_agreed bool,
  languages array<struct<language string, share float64>>,
  declared_language string,
  content_type string not null,
  encoding string not null,
  encoding_basis string not null,
  replacement_share float64 not null,
  chars int64 not null,
  words int64 not null,
  text_share float64 not null,
  rules_version string not null,
  model_digest string,
  signature bytes,
  cluster_id string,
  declared_language_differs bool,
  primary key (doc_id) not enforced
)
partition by date
cluster by source;

create table if not exists rejects (
  reject_id string not null,
  uri string not null,
  record int64 not null,
  stage string not null,
  kind string not null,
  reason string not null,
  message string not null,
  payload bytes not null,
  media_type string not null,
  attempts int64 not null,
  primary key (reject_id) not enforced
);

create table if not exists inputs (
  uri string not null,
  fingerprint string not null,
  batch_id string not null,
  records int64 not null,
  documents int64 not null,
  duplicates int64 not null,
  filtered int64 not null,
  dead int64 not null,
  bytes int64 not null,
  committed_at timestamp not null,
  primary key (uri, batch_id) not enforced
);

-- 2. Views

-- Tables over the lake's own files: nothing is loaded, nothing is copied.
-- Pruning: compare source and date with constants (date is null finds what has no date); require_hive_partition_filter = true insists on it.

create external table if not exists documents_lake (
  doc_id string,
  uri string,
  record int64,
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
  language_confidence float64,
  language_agreed bool,
  languages array<struct<language string, share float64>>,
  declared_language string,
  content_type string,
  encoding string,
  encoding_basis string,
  replacement_share float64,
  chars int64,
  words int64,
  text_share float64,
  rules_version string,
  model_digest string,
  signature bytes,
  cluster_id string,
  declared_language_differs bool
)
with partition columns (
  source string,
  date date
)
options (
  format = 'PARQUET',
  uris = ['LAKE/documents/source=*'],
  hive_partition_uri_prefix = 'LAKE/documents',
  enable_list_inference = true
);

create external table if not exists rejects_lake (
  reject_id string,
  uri string,
  record int64,
  stage string,
  reason string,
  message string,
  payload bytes,
  media_type string,
  attempts int64
)
with partition columns (
  kind string
)
options (
  format = 'PARQUET',
  uris = ['LAKE/rejects/kind=*'],
  hive_partition_uri_prefix = 'LAKE/rejects',
  enable_list_inference = true
);

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
