-- How new articles find their stories without reading all others: in how many articles a term stands, and each
-- article's weightiest terms. day is the ordinal of the day of publication, 0 where it is not known; weight is in
-- thousandths.
CREATE TABLE term_counts (
    term TEXT PRIMARY KEY,
    article_count INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE article_terms (
    term TEXT NOT NULL,
    day INTEGER NOT NULL,
    article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    weight INTEGER NOT NULL,
    PRIMARY KEY (term, day, article_id)
) WITHOUT ROWID;
CREATE INDEX article_terms_article_id ON article_terms(article_id);
