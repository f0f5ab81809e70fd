-- The language that a person chose for the interface; none, when they never did.
ALTER TABLE people ADD COLUMN language TEXT;
