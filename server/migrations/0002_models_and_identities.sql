-- Which model is in use: 'use' puts a bundle on top of the ones before it, 'rollback' takes the top one away. With none
-- left, it is the one that the service was started with.
CREATE TABLE model_choices (
    seq    BIGINT NOT NULL PRIMARY KEY CHECK (seq > 0),
    at     TEXT   NOT NULL,
    act    TEXT   NOT NULL CHECK (act IN ('use', 'rollback')),
    folder TEXT   NOT NULL,
    model  TEXT   NOT NULL,
    sha256 TEXT   NOT NULL
);

-- Who somebody is at a provider of identities (OpenID Connect): issuer and subject, which never change.
CREATE TABLE identities (
    id         TEXT NOT NULL PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES people (id),
    created_at TEXT NOT NULL
);
CREATE INDEX identities_person ON identities (person_id);
