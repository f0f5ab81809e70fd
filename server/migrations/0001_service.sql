-- One set for SQLite and PostgreSQL: TEXT, BIGINT and DOUBLE PRECISION only. Times are UTC, of one width, so that they
-- sort as text. Columns whose name ends in `_sealed` are encrypted (server/src/vault.rs). Which tables only grow is in
-- server/src/store/guards.rs.

-- What the database knows of itself.
CREATE TABLE about (
    name         TEXT NOT NULL PRIMARY KEY,
    value_sealed TEXT NOT NULL
);

CREATE TABLE centres (
    id          TEXT   NOT NULL PRIMARY KEY,
    name        TEXT   NOT NULL UNIQUE,
    blind_first BIGINT NOT NULL DEFAULT 0 CHECK (blind_first IN (0, 1)),
    created_at  TEXT   NOT NULL
);

CREATE TABLE people (
    id           TEXT   NOT NULL PRIMARY KEY,
    login        TEXT   NOT NULL UNIQUE,
    name_sealed  TEXT   NOT NULL,
    centre_id    TEXT   REFERENCES centres (id),
    password     TEXT,
    started_on   TEXT   NOT NULL,
    failures     BIGINT NOT NULL DEFAULT 0,
    locked_until TEXT,
    disabled_at  TEXT,
    created_at   TEXT   NOT NULL
);

CREATE TABLE roles (
    person_id TEXT NOT NULL REFERENCES people (id),
    role      TEXT NOT NULL CHECK (role IN ('worker', 'supervisor', 'data', 'ethics', 'admin')),
    PRIMARY KEY (person_id, role)
);

-- Only the digest of a token is kept: whoever reads the table cannot sign in.
CREATE TABLE sessions (
    token_digest TEXT NOT NULL PRIMARY KEY,
    person_id    TEXT NOT NULL REFERENCES people (id),
    created_at   TEXT NOT NULL,
    expires_at   TEXT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id);

CREATE TABLE invitations (
    token_digest TEXT NOT NULL PRIMARY KEY,
    person_id    TEXT NOT NULL REFERENCES people (id),
    expires_at   TEXT NOT NULL,
    used_at      TEXT
);

CREATE TABLE keys (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    digest     TEXT   NOT NULL UNIQUE,
    scopes     TEXT   NOT NULL,
    centre_id  TEXT   REFERENCES centres (id),
    per_minute BIGINT NOT NULL CHECK (per_minute > 0),
    created_by TEXT   NOT NULL REFERENCES people (id),
    created_at TEXT   NOT NULL,
    expires_at TEXT   NOT NULL,
    revoked_at TEXT
);

CREATE TABLE cases (
    id         TEXT NOT NULL PRIMARY KEY,
    pseudonym  TEXT NOT NULL,
    centre_id  TEXT NOT NULL REFERENCES centres (id),
    gender     TEXT,
    age_band   TEXT,
    origin     TEXT,
    language   TEXT,
    created_by TEXT NOT NULL REFERENCES people (id),
    created_at TEXT NOT NULL,
    erased_at  TEXT,
    UNIQUE (centre_id, pseudonym)
);

CREATE TABLE interviews (
    id         TEXT   NOT NULL PRIMARY KEY,
    case_id    TEXT   NOT NULL REFERENCES cases (id),
    author_id  TEXT   NOT NULL REFERENCES people (id),
    held_on    TEXT   NOT NULL,
    language   TEXT   NOT NULL,
    version    BIGINT NOT NULL CHECK (version > 0),
    closed_at  TEXT,
    created_at TEXT   NOT NULL
);
CREATE INDEX interviews_case ON interviews (case_id, held_on);

-- The narrative as it was at each reading; an edit is a further revision.
CREATE TABLE narratives (
    id           TEXT   NOT NULL PRIMARY KEY,
    interview_id TEXT   NOT NULL REFERENCES interviews (id),
    revision     BIGINT NOT NULL CHECK (revision > 0),
    text_sealed  TEXT   NOT NULL,
    created_at   TEXT   NOT NULL,
    UNIQUE (interview_id, revision)
);

-- What was suggested, when and by which versions. Never the text, its digest or any offset into it: a short text can
-- be guessed from a digest, and offsets tell its shape. What was found in an interview is in `readings`.
CREATE TABLE assessments (
    id          TEXT             NOT NULL PRIMARY KEY,
    at          TEXT             NOT NULL,
    source      TEXT             NOT NULL CHECK (source IN ('api', 'page', 'interview')),
    n_bytes     BIGINT           NOT NULL CHECK (n_bytes > 0),
    n_sentences BIGINT           NOT NULL CHECK (n_sentences > 0),
    language    TEXT             NOT NULL,
    duration_ms DOUBLE PRECISION NOT NULL,
    versions    TEXT             NOT NULL,
    findings    TEXT             NOT NULL,
    warnings    TEXT             NOT NULL
);

-- The whole answer of the model on a revision of a narrative, for ever beside the decisions on it.
CREATE TABLE readings (
    assessment_id TEXT   NOT NULL PRIMARY KEY REFERENCES assessments (id),
    interview_id  TEXT   NOT NULL REFERENCES interviews (id),
    revision      BIGINT NOT NULL,
    answer_sealed TEXT   NOT NULL,
    shown_at      TEXT,
    created_at    TEXT   NOT NULL,
    UNIQUE (interview_id, revision)
);

-- Everything that people decided, in order; the state of an interview is a fold of its rows.
CREATE TABLE decisions (
    interview_id TEXT   NOT NULL REFERENCES interviews (id),
    seq          BIGINT NOT NULL CHECK (seq > 0),
    id           TEXT   NOT NULL UNIQUE,
    person_id    TEXT   NOT NULL REFERENCES people (id),
    at           TEXT   NOT NULL,
    revision     BIGINT NOT NULL,
    act          TEXT   NOT NULL,
    PRIMARY KEY (interview_id, seq)
);

-- The first answer to each write, so that a repeated one gets it again. The id is whose it is and the key they chose.
CREATE TABLE idempotency (
    id            TEXT   NOT NULL PRIMARY KEY,
    case_id       TEXT   REFERENCES cases (id),
    fingerprint   TEXT   NOT NULL,
    status        BIGINT NOT NULL,
    answer_sealed TEXT   NOT NULL,
    created_at    TEXT   NOT NULL
);

-- Who did what. Each row holds the hash of the one before it.
CREATE TABLE audit (
    seq      BIGINT NOT NULL PRIMARY KEY,
    at       TEXT   NOT NULL,
    actor    TEXT   NOT NULL,
    action   TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    detail   TEXT   NOT NULL,
    previous TEXT   NOT NULL,
    hash     TEXT   NOT NULL
);

CREATE INDEX audit_subject ON audit (subject);

-- The last row of the audit, signed.
CREATE TABLE audit_head (
    id        BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq       BIGINT NOT NULL,
    hash      TEXT   NOT NULL,
    signature TEXT   NOT NULL
);
INSERT INTO audit_head (id, seq, hash, signature) VALUES (1, 0, '', '');
