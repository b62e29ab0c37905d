-- The tables of broadsheet for trino, made by: broadsheet ddl --dialect trino
-- LAKE stands for the lake's folder: --lake puts yours in its place.

-- Tables over the lake's own files: nothing is loaded, nothing is copied.
-- Pruning: compare source and date with constants (date is null finds what has no date); explain shows the constraint on them.

call delta.system.register_table(schema_name => 'news', table_name => 'documents', table_location => 'LAKE/documents');

call delta.system.register_table(schema_name => 'news', table_name => 'rejects', table_location => 'LAKE/rejects');

call delta.system.register_table(schema_name => 'news', table_name => 'inputs', table_location => 'LAKE/inputs');

-- By the Hive connector, without the log: times there have no zone and are UTC. The call finds new folders.

create table if not exists hive.news.documents (
  doc_id varchar,
  uri varchar,
  record bigint,
  source_basis varchar,
  date_basis varchar,
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
  authors array(varchar),
  authors_basis varchar,
  text varchar,
  captions array(varchar),
  published_at timestamp(6),
  published_at_basis varchar,
  modified_at timestamp(6),
  modified_at_basis varchar,
  crawled_at timestamp(6),
  crawled_at_basis varchar,
  section varchar,
  section_basis varchar,
  tags array(varchar),
  tags_basis varchar,
  agency varchar,
  agency_basis varchar,
  place varchar,
  place_basis varchar,
  site_name varchar,
  site_name_basis varchar,
  image varchar,
  image_basis varchar,
  language varchar,
  language_confidence double,
  language_agreed boolean,
  languages array(row(language varchar, share double)),
  declared_language varchar,
  content_type varchar,
  encoding varchar,
  encoding_basis varchar,
  replacement_share double,
  chars bigint,
  words bigint,
  text_share double,
  rules_version varchar,
  model_digest varchar,
  signature varbinary,
  cluster_id varchar,
  declared_language_differs boolean,
  source varchar,
  date date
)
with (
  format = 'PARQUET',
  external_location = 'LAKE/documents',
  partitioned_by = array['source', 'date']
);

call hive.system.sync_partition_metadata(schema_name => 'news', table_name => 'documents', mode => 'FULL');

create table if not exists hive.news.rejects (
  reject_id varchar,
  uri varchar,
  record bigint,
  stage varchar,
  reason varchar,
  message varchar,
  payload varbinary,
  media_type varchar,
  attempts bigint,
  kind varchar
)
with (
  format = 'PARQUET',
  external_location = 'LAKE/rejects',
  partitioned_by = array['kind']
);

call hive.system.sync_partition_metadata(schema_name => 'news', table_name => 'rejects', mode => 'FULL');

use delta.news;

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
