-- The tables of broadsheet for snowflake, made by: broadsheet ddl --dialect snowflake
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
  authors array,
  authors_basis varchar,
  text varchar not null,
  captions array not null,
  published_at timestamp_tz(6),
  published_at_basis varchar,
  modified_at timestamp_tz(6),
  modified_at_basis varchar,
  crawled_at timestamp_tz(6),
  crawled_at_basis varchar,
  section varchar,
  section_basis varchar,
  tags array,
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
  language_confidence float not null,
  language_agreed boolean,
  languages array not null,
  declared_language varchar,
  content_type varchar not null,
  encoding varchar not null,
  encoding_basis varchar not null,
  replacement_share float not null,
  chars bigint not null,
  words bigint not null,
  text_share float not null,
  rules_version varchar not null,
  model_digest varchar,
  signature binary,
  cluster_id varchar,
  declared_language_differs boolean
)
cluster by (date, source);

create table if not exists rejects (
  reject_id varchar not null,
  uri varchar not null,
  record bigint not null,
  stage varchar not null,
  kind varchar not null,
  reason varchar not null,
  message varchar not null,
  payload binary not null,
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
  committed_at timestamp_tz(6) not null
);

-- 2. Views

-- Tables over the lake's own files: nothing is loaded, nothing is copied.
-- Pruning: compare source and date with constants (date is null finds what has no date); `alter external table ... refresh` finds new files.
-- The stage of a bucket needs its storage integration.

create stage if not exists broadsheet_lake
  url = 'LAKE/'
  file_format = (type = parquet);

create external table if not exists documents_lake (
  source varchar as (split_part(split_part(metadata$filename, 'source=', 2), '/', 1)),
  date date as (try_to_date(split_part(split_part(metadata$filename, 'date=', 2), '/', 1))),
  doc_id varchar as (value:doc_id::varchar),
  uri varchar as (value:uri::varchar),
  record bigint as (value:record::bigint),
  source_basis varchar as (value:source_basis::varchar),
  date_basis varchar as (value:date_basis::varchar),
  external_id varchar as (value:external_id::varchar),
  external_id_basis varchar as (value:external_id_basis::varchar),
  url varchar as (value:url::varchar),
  url_basis varchar as (value:url_basis::varchar),
  canonical_url varchar as (value:canonical_url::varchar),
  canonical_url_basis varchar as (value:canonical_url_basis::varchar),
  title varchar as (value:title::varchar),
  title_basis varchar as (value:title_basis::varchar),
  subtitle varchar as (value:subtitle::varchar),
  subtitle_basis varchar as (value:subtitle_basis::varchar),
  authors array as (value:authors::array),
  authors_basis varchar as (value:authors_basis::varchar),
  text varchar as (value:text::varchar),
  captions array as (value:captions::array),
  published_at timestamp_tz(6) as (value:published_at::timestamp_tz(6)),
  published_at_basis varchar as (value:published_at_basis::varchar),
  modified_at timestamp_tz(6) as (value:modified_at::timestamp_tz(6)),
  modified_at_basis varchar as (value:modified_at_basis::varchar),
  crawled_at timestamp_tz(6) as (value:crawled_at::timestamp_tz(6)),
  crawled_at_basis varchar as (value:crawled_at_basis::varchar),
  section varchar as (value:section::varchar),
  section_basis varchar as (value:section_basis::varchar),
  tags array as (value:tags::array),
  tags_basis varchar as (value:tags_basis::varchar),
  agency varchar as (value:agency::varchar),
  agency_basis varchar as (value:agency_basis::varchar),
  place varchar as (value:place::varchar),
  place_basis varchar as (value:place_basis::varchar),
  site_name varchar as (value:site_name::varchar),
  site_name_basis varchar as (value:site_name_basis::varchar),
  image varchar as (value:image::varchar),
  image_basis varchar as (value:image_basis::varchar),
  language varchar as (value:language::varchar),
  language_confidence float as (value:language_confidence::float),
  language_agreed boolean as (value:language_agreed::boolean),
  languages array as (value:languages::array),
  declared_language varchar as (value:declared_language::varchar),
  content_type varchar as (value:content_type::varchar),
  encoding varchar as (value:encoding::varchar),
  encoding_basis varchar as (value:encoding_basis::varchar),
  replacement_share float as (value:replacement_share::float),
  chars bigint as (value:chars::bigint),
  words bigint as (value:words::bigint),
  text_share float as (value:text_share::float),
  rules_version varchar as (value:rules_version::varchar),
  model_digest varchar as (value:model_digest::varchar),
  signature binary as (value:signature::binary),
  cluster_id varchar as (value:cluster_id::varchar),
  declared_language_differs boolean as (value:declared_language_differs::boolean)
)
partition by (source, date)
location = @broadsheet_lake/documents/
pattern = '.*source=.*[.]parquet'
auto_refresh = false
file_format = (type = parquet);

create external table if not exists rejects_lake (
  kind varchar as (split_part(split_part(metadata$filename, 'kind=', 2), '/', 1)),
  reject_id varchar as (value:reject_id::varchar),
  uri varchar as (value:uri::varchar),
  record bigint as (value:record::bigint),
  stage varchar as (value:stage::varchar),
  reason varchar as (value:reason::varchar),
  message varchar as (value:message::varchar),
  payload binary as (value:payload::binary),
  media_type varchar as (value:media_type::varchar),
  attempts bigint as (value:attempts::bigint)
)
partition by (kind)
location = @broadsheet_lake/rejects/
pattern = '.*kind=.*[.]parquet'
auto_refresh = false
file_format = (type = parquet);

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
