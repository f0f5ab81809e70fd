-- What was suggested, when and by which versions. Never the text, its digest or any offset into it: a short text can
-- be guessed from a digest, and offsets tell its shape.
CREATE TABLE assessments (
    id          TEXT    NOT NULL PRIMARY KEY,
    at          TEXT    NOT NULL,
    source      TEXT    NOT NULL CHECK (source IN ('api', 'page')),
    n_bytes     INTEGER NOT NULL CHECK (n_bytes > 0),
    n_sentences INTEGER NOT NULL CHECK (n_sentences > 0),
    language    TEXT    NOT NULL,
    duration_ms REAL    NOT NULL,
    versions    TEXT    NOT NULL,
    findings    TEXT    NOT NULL,
    warnings    TEXT    NOT NULL
) STRICT;

-- The log only grows.
CREATE TRIGGER assessments_no_update BEFORE UPDATE ON assessments
BEGIN SELECT RAISE(ABORT, 'the log of assessments is append-only'); END;
CREATE TRIGGER assessments_no_delete BEFORE DELETE ON assessments
BEGIN SELECT RAISE(ABORT, 'the log of assessments is append-only'); END;
