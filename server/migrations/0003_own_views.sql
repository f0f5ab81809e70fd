-- What the person of a case says of it in their own words, as they had it written down; a later one does not replace it.
CREATE TABLE own_views (
    id           TEXT NOT NULL PRIMARY KEY,
    case_id      TEXT NOT NULL REFERENCES cases (id),
    author_id    TEXT NOT NULL REFERENCES people (id),
    words_sealed TEXT NOT NULL,
    created_at   TEXT NOT NULL
);
CREATE INDEX own_views_case ON own_views (case_id, id);
