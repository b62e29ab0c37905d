-- The tables of broadsheet for duckdb, made by: broadsheet ddl --dialect duckdb
-- LAKE stands for the lake's folder: --lake puts yours in its place.

-- 1. Tables. `broadsheet load` makes them itself; make them first to choose the schema, rights or layout.

create table if not exists documents (
  doc_id varchar not null,
  uri varchar not null,
  record bigint not null,
  source varchar not null,
  source_basis varchar not null,
  date date,
  date_basis varchar not null,
  external_id varchar,
  external_id_basis varchar,
  url varchar,
  url_basis varchar,
  canonical_url varchar,
  canonical_url_basis varchar,
  title varchar,
  title_basis varchar,
  subtitle varchar,
  subtitle_basis varchar,
  authors varchar[],
  authors_basis varchar,
  text varchar not null,
  captions varchar[] not null,
  published_at timestamptz,
  published_at_basis varchar,
  modified_at timestamptz,
  modified_at_basis varchar,
  crawled_at timestamptz,
  crawled_at_basis varchar,
  section varchar,
  section_basis varchar,
  tags varchar[],
  tags_basis varchar,
  agency varchar,
  agency_basis varchar,
  place varchar,
  place_basis varchar,
  site_name varchar,
  site_name_basis varchar,
  image varchar,
  image_basis varchar,
  language varchar not null,
  language_confidence double not null,
  language_agreed boolean,
  languages struct(language varchar, share double)[] not null,
  declared_language varchar,
  content_type varchar not null,
  encoding varchar not null,
  encoding_basis varchar not null,
  replacement_share double not null,
  chars bigint not null,
  words bigint not null,
  text_share double not null,
  rules_version varchar not null,
  model_digest varchar,
  signature blob,
  cluster_id varchar,
  declared_language_differs boolean
);

create table if not exists rejects (
  reject_id varchar not null,
  uri varchar not null,
  record bigint not null,
  stage varchar not null,
  kind varchar not null,
  reason varchar not null,
  message varchar not null,
  payload blob not null,
  media_type varchar not null,
  attempts bigint not null
);

create table if not exists inputs (
  uri varchar not null,
  fingerprint varchar not null,
  batch_id varchar not null,
  records bigint not null,
  documents bigint not null,
  duplicates bigint not null,
  filtered bigint not null,
  dead bigint not null,
  bytes bigint not null,
  committed_at timestamptz not null
);

-- 2. Views

-- Tables over the lake's own files: nothing is loaded, nothing is copied.
-- Pruning: compare source and date with constants (date is null finds what has no date); other folders are not opened.
-- `inputs` only by delta_scan('LAKE/inputs'): its partition column is in the log.

create or replace view documents_lake as
select * from read_parquet('LAKE/documents/source=*/date=*/*.parquet', hive_partitioning = true, hive_types = {'source': varchar, 'date': date}, union_by_name = true);

create or replace view rejects_lake as
select * from read_parquet('LAKE/rejects/kind=*/*.parquet', hive_partitioning = true, hive_types = {'kind': varchar}, union_by_name = true);

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
