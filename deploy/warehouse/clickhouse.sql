-- The tables of broadsheet for clickhouse, made by: broadsheet ddl --dialect clickhouse
-- LAKE stands for the lake's folder: --lake puts yours in its place.

-- 1. Tables. `broadsheet load` makes them itself; make them first to choose the schema, rights or layout.

create table if not exists documents (
  doc_id String,
  uri String,
  record Int64,
  source String,
  source_basis String,
  date Nullable(Date32),
  date_basis String,
  external_id Nullable(String),
  external_id_basis Nullable(String),
  url Nullable(String),
  url_basis Nullable(String),
  canonical_url Nullable(String),
  canonical_url_basis Nullable(String),
  title Nullable(String),
  title_basis Nullable(String),
  subtitle Nullable(String),
  subtitle_basis Nullable(String),
  authors Array(String),
  authors_basis Nullable(String),
  text String,
  captions Array(String),
  published_at Nullable(DateTime64(6, 'UTC')),
  published_at_basis Nullable(String),
  modified_at Nullable(DateTime64(6, 'UTC')),
  modified_at_basis Nullable(String),
  crawled_at Nullable(DateTime64(6, 'UTC')),
  crawled_at_basis Nullable(String),
  section Nullable(String),
  section_basis Nullable(String),
  tags Array(String),
  tags_basis Nullable(String),
  agency Nullable(String),
  agency_basis Nullable(String),
  place Nullable(String),
  place_basis Nullable(String),
  site_name Nullable(String),
  site_name_basis Nullable(String),
  image Nullable(String),
  image_basis Nullable(String),
  language String,
  language_confidence Float64,
  language_agreed Nullable(Bool),
  languages Array(Tuple(language Nullable(String), share Nullable(Float64))),
  declared_language Nullable(String),
  content_type String,
  encoding String,
  encoding_basis String,
  replacement_share Float64,
  chars Int64,
  words Int64,
  text_share Float64,
  rules_version String,
  model_digest Nullable(String),
  signature Nullable(String),
  cluster_id Nullable(String),
  declared_language_differs Nullable(Bool),
  _version Int64,
  _deleted UInt8
)
engine = ReplacingMergeTree(_version, _deleted)
order by (source, doc_id);

create table if not exists rejects (
  reject_id String,
  uri String,
  record Int64,
  stage String,
  kind String,
  reason String,
  message String,
  payload String,
  media_type String,
  attempts Int64,
  _version Int64,
  _deleted UInt8
)
engine = ReplacingMergeTree(_version, _deleted)
order by (reject_id);

create table if not exists inputs (
  uri String,
  fingerprint String,
  batch_id String,
  records Int64,
  documents Int64,
  duplicates Int64,
  filtered Int64,
  dead Int64,
  bytes Int64,
  committed_at DateTime64(6, 'UTC'),
  _version Int64,
  _deleted UInt8
)
engine = ReplacingMergeTree(_version, _deleted)
order by (uri, batch_id);

-- 2. Views
-- A table here holds a row's former versions until ClickHouse merges them: read <table>_current.

create or replace view documents_current as
select doc_id, uri, record, source, source_basis, date, date_basis, external_id, external_id_basis, url, url_basis, canonical_url, canonical_url_basis, title, title_basis, subtitle, subtitle_basis, authors, authors_basis, text, captions, published_at, published_at_basis, modified_at, modified_at_basis, crawled_at, crawled_at_basis, section, section_basis, tags, tags_basis, agency, agency_basis, place, place_basis, site_name, site_name_basis, image, image_basis, language, language_confidence, language_agreed, languages, declared_language, content_type, encoding, encoding_basis, replacement_share, chars, words, text_share, rules_version, model_digest, signature, cluster_id, declared_language_differs from documents final where _deleted = 0;

create or replace view rejects_current as
select reject_id, uri, record, stage, kind, reason, message, payload, media_type, attempts from rejects final where _deleted = 0;

create or replace view inputs_current as
select uri, fingerprint, batch_id, records, documents, duplicates, filtered, dead, bytes, committed_at from inputs final where _deleted = 0;

-- Tables over the lake's own files: nothing is loaded, nothing is copied.
-- Pruning: compare source and date with constants (date is null finds what has no date); explain indexes = 1 shows it.
-- On S3 write s3(...) in the place of file(...); a table of engine DeltaLake(...) reads the log.

create or replace view documents_lake as
select doc_id, uri, record, source_basis, date_basis, external_id, external_id_basis, url, url_basis, canonical_url, canonical_url_basis, title, title_basis, subtitle, subtitle_basis, authors, authors_basis, text, captions, published_at, published_at_basis, modified_at, modified_at_basis, crawled_at, crawled_at_basis, section, section_basis, tags, tags_basis, agency, agency_basis, place, place_basis, site_name, site_name_basis, image, image_basis, language, language_confidence, language_agreed, languages, declared_language, content_type, encoding, encoding_basis, replacement_share, chars, words, text_share, rules_version, model_digest, signature, cluster_id, declared_language_differs, decodeURLComponent(source) as source, toDateOrNull(date) as date
from file('LAKE/documents/source=*/date=*/*.parquet', 'Parquet', 'doc_id String, uri String, record Int64, source_basis String, date_basis String, external_id Nullable(String), external_id_basis Nullable(String), url Nullable(String), url_basis Nullable(String), canonical_url Nullable(String), canonical_url_basis Nullable(String), title Nullable(String), title_basis Nullable(String), subtitle Nullable(String), subtitle_basis Nullable(String), authors Array(String), authors_basis Nullable(String), text String, captions Array(String), published_at Nullable(DateTime64(6, \'UTC\')), published_at_basis Nullable(String), modified_at Nullable(DateTime64(6, \'UTC\')), modified_at_basis Nullable(String), crawled_at Nullable(DateTime64(6, \'UTC\')), crawled_at_basis Nullable(String), section Nullable(String), section_basis Nullable(String), tags Array(String), tags_basis Nullable(String), agency Nullable(String), agency_basis Nullable(String), place Nullable(String), place_basis Nullable(String), site_name Nullable(String), site_name_basis Nullable(String), image Nullable(String), image_basis Nullable(String), language String, language_confidence Float64, language_agreed Nullable(Bool), languages Array(Tuple(language Nullable(String), share Nullable(Float64))), declared_language Nullable(String), content_type String, encoding String, encoding_basis String, replacement_share Float64, chars Int64, words Int64, text_share Float64, rules_version String, model_digest Nullable(String), signature Nullable(String), cluster_id Nullable(String), declared_language_differs Nullable(Bool), source String, date String')
settings use_hive_partitioning = 1;

create or replace view rejects_lake as
select reject_id, uri, record, stage, reason, message, payload, media_type, attempts, kind as kind
from file('LAKE/rejects/kind=*/*.parquet', 'Parquet', 'reject_id String, uri String, record Int64, stage String, reason String, message String, payload String, media_type String, attempts Int64, kind String')
settings use_hive_partitioning = 1;

create or replace view documents_latest as
select doc_id, uri, record, source, source_basis, date, date_basis, external_id, external_id_basis, url, url_basis, canonical_url, canonical_url_basis, title, title_basis, subtitle, subtitle_basis, authors, authors_basis, text, captions, published_at, published_at_basis, modified_at, modified_at_basis, crawled_at, crawled_at_basis, section, section_basis, tags, tags_basis, agency, agency_basis, place, place_basis, site_name, site_name_basis, image, image_basis, language, language_confidence, language_agreed, languages, declared_language, content_type, encoding, encoding_basis, replacement_share, chars, words, text_share, rules_version, model_digest, signature, cluster_id, declared_language_differs
from (
  select *, row_number() over (
    partition by source, coalesce(canonical_url, url, doc_id)
    order by greatest(coalesce(crawled_at, modified_at, published_at), coalesce(modified_at, published_at, crawled_at), coalesce(published_at, crawled_at, modified_at)) desc nulls last, uri desc, record desc, doc_id desc
  ) as revision
  from documents_current
) as revisions
where revision = 1;
