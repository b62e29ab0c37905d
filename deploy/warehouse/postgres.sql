-- The tables of broadsheet for postgres, made by: broadsheet ddl --dialect postgres
-- LAKE stands for the lake's folder: --lake puts yours in its place.

-- 1. Tables. `broadsheet load` makes them itself; make them first to choose the schema, rights or layout.

create table if not exists documents (
  doc_id text not null,
  uri text not null,
  record bigint not null,
  source text not null,
  source_basis text not null,
  date date,
  date_basis text not null,
  external_id text,
  external_id_basis text,
  url text,
  url_basis text,
  canonical_url text,
  canonical_url_basis text,
  title text,
  title_basis text,
  subtitle text,
  subtitle_basis text,
  authors text[],
  authors_basis text,
  text text not null,
  captions text[] not null,
  published_at timestamptz,
  published_at_basis text,
  modified_at timestamptz,
  modified_at_basis text,
  crawled_at timestamptz,
  crawled_at_basis text,
  section text,
  section_basis text,
  tags text[],
  tags_basis text,
  agency text,
  agency_basis text,
  place text,
  place_basis text,
  site_name text,
  site_name_basis text,
  image text,
  image_basis text,
  language text not null,
  language_confidence double precision not null,
  language_agreed boolean,
  languages jsonb not null,
  declared_language text,
  content_type text not null,
  encoding text not null,
  encoding_basis text not null,
  replacement_share double precision not null,
  chars bigint not null,
  words bigint not null,
  text_share double precision not null,
  rules_version text not null,
  model_digest text,
  signature bytea,
  cluster_id text,
  declared_language_differs boolean,
  primary key (doc_id)
);

create table if not exists rejects (
  reject_id text not null,
  uri text not null,
  record bigint not null,
  stage text not null,
  kind text not null,
  reason text not null,
  message text not null,
  payload bytea not null,
  media_type text not null,
  attempts bigint not null,
  primary key (reject_id)
);

create table if not exists inputs (
  uri text not null,
  fingerprint text not null,
  batch_id text not null,
  records bigint not null,
  documents bigint not null,
  duplicates bigint not null,
  filtered bigint not null,
  dead bigint not null,
  bytes bigint not null,
  committed_at timestamptz not null,
  primary key (uri, batch_id)
);

-- 2. Views

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
