CREATE TABLE sources (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    domain TEXT,
    article_count INTEGER NOT NULL DEFAULT 0,
    story_count INTEGER NOT NULL DEFAULT 0
);

-- Other names and hosts under which an outlet's articles come.
CREATE TABLE source_aliases (
    alias TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('found', 'curated')),
    at TEXT NOT NULL
);

CREATE TABLE stories (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    given_name TEXT UNIQUE,
    first_published TEXT,
    last_published TEXT,
    article_count INTEGER NOT NULL DEFAULT 0,
    source_count INTEGER NOT NULL DEFAULT 0,
    match_count INTEGER NOT NULL DEFAULT 0,
    fact_count INTEGER NOT NULL DEFAULT 0,
    independent_count INTEGER NOT NULL DEFAULT 0,
    needs_linking INTEGER NOT NULL DEFAULT 1,
    needs_matching INTEGER NOT NULL DEFAULT 1,
    needs_relinking INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX stories_needs_linking ON stories(id) WHERE needs_linking;
CREATE INDEX stories_needs_matching ON stories(id) WHERE needs_matching;
CREATE INDEX stories_needs_relinking ON stories(id) WHERE needs_relinking;
CREATE INDEX stories_last_published ON stories(last_published);
CREATE INDEX stories_source_count ON stories(source_count);
CREATE INDEX stories_fact_count ON stories(fact_count);

CREATE TABLE loads (
    id INTEGER PRIMARY KEY,
    command TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    duration_seconds REAL,
    articles_read INTEGER NOT NULL DEFAULT 0,
    articles_added INTEGER NOT NULL DEFAULT 0,
    articles_changed INTEGER NOT NULL DEFAULT 0,
    articles_unchanged INTEGER NOT NULL DEFAULT 0,
    inputs_skipped INTEGER NOT NULL DEFAULT 0,
    match_count INTEGER NOT NULL DEFAULT 0,
    settings TEXT NOT NULL DEFAULT '{}',
    versions TEXT NOT NULL DEFAULT '{}'
);

-- What `watch` asks for: feeds, and the pages that they lead to.
CREATE TABLE watched_addresses (
    url TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('feed', 'page')),
    etag TEXT,
    last_modified TEXT,
    asked_at TEXT NOT NULL,
    changed_at TEXT,
    not_before TEXT,
    failure_count INTEGER NOT NULL DEFAULT 0,
    failure TEXT,
    entry_hash TEXT,
    settings_hash TEXT NOT NULL
);

CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES sources(id),
    story_id INTEGER REFERENCES stories(id) ON DELETE SET NULL,
    title TEXT NOT NULL,
    author TEXT,
    published TEXT,
    url TEXT,
    host TEXT,
    language TEXT,
    word_count INTEGER NOT NULL,
    sentence_count INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    given_story TEXT,
    origin TEXT NOT NULL,
    loaded_at TEXT NOT NULL,
    load_id INTEGER REFERENCES loads(id)
);
CREATE INDEX articles_source_id ON articles(source_id, story_id);
CREATE INDEX articles_story_id ON articles(story_id, source_id);
CREATE INDEX articles_published ON articles(published);
CREATE INDEX articles_source_id_published ON articles(source_id, published);
CREATE INDEX articles_host ON articles(host, source_id);
CREATE INDEX articles_url ON articles(url);
CREATE INDEX articles_content_hash ON articles(content_hash);
CREATE INDEX articles_load_id ON articles(load_id);

CREATE TABLE article_texts (
    article_id TEXT PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,
    text TEXT NOT NULL
);

-- What an article said before it changed; the newest text stands in article_texts.
CREATE TABLE article_versions (
    article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    published TEXT,
    text TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (article_id, version)
);

CREATE TABLE sentences (
    id INTEGER PRIMARY KEY,
    article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    paragraph INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('headline', 'standfirst', 'caption', 'body', 'boilerplate')),
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (article_id, position)
);

CREATE INDEX sentences_role ON sentences(role);

CREATE TABLE repeats (
    sentence_id INTEGER PRIMARY KEY REFERENCES sentences(id) ON DELETE CASCADE,
    repeat_of INTEGER NOT NULL REFERENCES sentences(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    score REAL NOT NULL
);
CREATE INDEX repeats_repeat_of ON repeats(repeat_of);

CREATE TABLE entities (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    name_key TEXT NOT NULL DEFAULT '',
    people_of TEXT,
    article_count INTEGER NOT NULL DEFAULT 0,
    sentence_count INTEGER NOT NULL DEFAULT 0,
    source_count INTEGER NOT NULL DEFAULT 0,
    story_count INTEGER NOT NULL DEFAULT 0,
    match_count INTEGER NOT NULL DEFAULT 0,
    difference_count INTEGER NOT NULL DEFAULT 0,
    fact_count INTEGER NOT NULL DEFAULT 0,
    quantity_count INTEGER NOT NULL DEFAULT 0,
    quote_count INTEGER NOT NULL DEFAULT 0,
    mention_count INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX entities_name ON entities(name);
CREATE INDEX entities_unnamed ON entities(id) WHERE mention_count <= 0;
CREATE INDEX entities_name_key ON entities(name_key);
CREATE INDEX entities_people_of ON entities(people_of) WHERE people_of IS NOT NULL;
CREATE INDEX entities_type ON entities(type, article_count, sentence_count);
CREATE INDEX entities_story_count ON entities(type, story_count, sentence_count);
CREATE INDEX entities_article_count ON entities(article_count, sentence_count);
CREATE INDEX entities_source_count ON entities(source_count, sentence_count);
CREATE INDEX entities_reach ON entities(type, source_count, sentence_count);
CREATE INDEX entities_sentence_count ON entities(sentence_count);
CREATE INDEX entities_match_count ON entities(match_count);
CREATE INDEX entities_difference_count ON entities(difference_count, sentence_count);
CREATE INDEX entities_fact_count ON entities(fact_count);
CREATE INDEX entities_quantity_count ON entities(quantity_count);
CREATE INDEX entities_quote_count ON entities(quote_count);

-- How many entities there are of each type, kept by triggers: to count them all takes long where they are many.
CREATE TABLE entity_types (
    type TEXT PRIMARY KEY,
    entity_count INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER entities_insert AFTER INSERT ON entities BEGIN
    INSERT INTO entity_types VALUES (new.type, 1) ON CONFLICT (type) DO UPDATE SET entity_count = entity_count + 1;
END;
CREATE TRIGGER entities_retype AFTER UPDATE OF type ON entities BEGIN
    INSERT OR IGNORE INTO entity_types VALUES (new.type, 0);
    UPDATE entity_types SET entity_count = entity_count + (type = new.type) - (type = old.type)
    WHERE type IN (new.type, old.type);
END;
CREATE TRIGGER entities_delete AFTER DELETE ON entities BEGIN
    UPDATE entity_types SET entity_count = entity_count - 1 WHERE type = old.type;
END;

CREATE TABLE entity_aliases (
    entity_id INTEGER NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
    alias TEXT NOT NULL,
    alias_key TEXT NOT NULL DEFAULT '',
    mention_count INTEGER NOT NULL DEFAULT 0,
    origin TEXT NOT NULL DEFAULT 'found' CHECK (origin IN ('found', 'curated')),
    PRIMARY KEY (entity_id, alias)
);
CREATE INDEX entity_aliases_alias ON entity_aliases(alias);
CREATE INDEX entity_aliases_unused ON entity_aliases(entity_id) WHERE mention_count <= 0;
CREATE INDEX entity_aliases_alias_key ON entity_aliases(alias_key);

-- The same, counted by source.
CREATE TABLE entity_spellings (
    entity_id INTEGER NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
    alias TEXT NOT NULL,
    source_id TEXT NOT NULL REFERENCES sources(id) ON DELETE CASCADE,
    mention_count INTEGER NOT NULL,
    PRIMARY KEY (entity_id, alias, source_id)
) WITHOUT ROWID;
CREATE INDEX entity_spellings_source_id ON entity_spellings(source_id);

-- The numbers of entities that are gone, by a hash of their name and type: they bear them again if they come back.
CREATE TABLE former_entities (
    key_hash TEXT NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (key_hash, id)
) WITHOUT ROWID;
CREATE INDEX former_entities_id ON former_entities(id);

CREATE TABLE mentions (
    id INTEGER PRIMARY KEY,
    sentence_id INTEGER NOT NULL REFERENCES sentences(id) ON DELETE CASCADE,
    entity_id INTEGER REFERENCES entities(id) ON DELETE SET NULL,
    article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    text TEXT NOT NULL,
    type TEXT NOT NULL,
    alias TEXT NOT NULL
);
CREATE INDEX mentions_sentence_id ON mentions(sentence_id);
CREATE INDEX mentions_entity_id ON mentions(entity_id, sentence_id) WHERE entity_id IS NOT NULL;
CREATE INDEX mentions_article_id ON mentions(article_id, start);

-- What people decided about spellings. One decision a spelling, or one a spelling and article.
CREATE TABLE corrections (
    id INTEGER PRIMARY KEY,
    action TEXT NOT NULL CHECK (action IN ('merge', 'rename', 'split', 'retype', 'drop')),
    alias TEXT NOT NULL,
    alias_key TEXT NOT NULL,
    entity TEXT,
    type TEXT,
    article_id TEXT REFERENCES articles(id) ON DELETE CASCADE,
    note TEXT,
    actor TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL
);
CREATE UNIQUE INDEX corrections_alias_key ON corrections(alias_key, coalesce(article_id, ''));
CREATE INDEX corrections_article_id ON corrections(article_id);

-- Words that describe a named entity where it is named. Start and end are the article's, as everywhere.
CREATE TABLE describing_words (
    id INTEGER PRIMARY KEY,
    mention_id INTEGER NOT NULL REFERENCES mentions(id) ON DELETE CASCADE,
    relation TEXT NOT NULL CHECK (relation IN ('title', 'adjective', 'apposition', 'is', 'called', 'does', 'undergoes')),
    word TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL
);
CREATE INDEX describing_words_mention_id ON describing_words(mention_id);
CREATE INDEX describing_words_word ON describing_words(word, relation, mention_id);

-- The same, counted: by entity and source, and over everything, which is what a word's use is expected from.
CREATE TABLE entity_words (
    entity_id INTEGER NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
    source_id TEXT NOT NULL REFERENCES sources(id) ON DELETE CASCADE,
    relation TEXT NOT NULL,
    word TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (entity_id, source_id, relation, word)
) WITHOUT ROWID;
CREATE INDEX entity_words_source_id ON entity_words(source_id);
CREATE INDEX entity_words_word ON entity_words(word, relation);
CREATE TABLE word_counts (
    relation TEXT NOT NULL,
    word TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (relation, word)
) WITHOUT ROWID;

-- The join tables of the entity facet: what `mentions` says, once for each row that can be faceted.
CREATE TABLE article_entities (
    article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    entity_id INTEGER NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
    mention_count INTEGER NOT NULL,
    PRIMARY KEY (article_id, entity_id)
) WITHOUT ROWID;
CREATE INDEX article_entities_entity_id ON article_entities(entity_id);

-- With the sentence's role, so that sentences of a role are counted without a look at each.
CREATE TABLE sentence_entities (
    sentence_id INTEGER NOT NULL REFERENCES sentences(id) ON DELETE CASCADE,
    entity_id INTEGER NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    PRIMARY KEY (sentence_id, entity_id)
) WITHOUT ROWID;
CREATE INDEX sentence_entities_entity_id ON sentence_entities(entity_id, role);

-- The same in one row for each sentence, which the facet reads in half the time. The triggers of sentence_entities write
-- it, with an upsert: what an INSERT OR IGNORE fires is ignored, too, where it conflicts, but for that.
CREATE TABLE sentence_entity_ids (
    sentence_id INTEGER PRIMARY KEY REFERENCES sentences(id) ON DELETE CASCADE,
    entity_ids TEXT NOT NULL
);

-- The same of articles. What is out of step goes, until the end of a load, match or correction: articles name so many
-- entities that making it anew at each change would take long.
CREATE TABLE article_entity_ids (
    article_id TEXT PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,
    entity_ids TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE source_entities (
    source_id TEXT NOT NULL REFERENCES sources(id) ON DELETE CASCADE,
    entity_id INTEGER NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
    article_count INTEGER NOT NULL,
    PRIMARY KEY (source_id, entity_id)
) WITHOUT ROWID;
CREATE INDEX source_entities_entity_id ON source_entities(entity_id);

CREATE TABLE story_entities (
    story_id INTEGER NOT NULL REFERENCES stories(id) ON DELETE CASCADE,
    entity_id INTEGER NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
    article_count INTEGER NOT NULL,
    source_count INTEGER NOT NULL,
    PRIMARY KEY (story_id, entity_id)
) WITHOUT ROWID;
CREATE INDEX story_entities_entity_id ON story_entities(entity_id);

-- Of the entities that are named most, which articles, stories, matches, facts, quotes and quantities name them: a bit for
-- each rowid, the first byte's lowest bit being row 0. The facet counts what a page shows by them. What is out of step
-- goes, until it is made anew.
CREATE TABLE facet_bitmaps (
    "table" TEXT NOT NULL CHECK ("table" IN ('articles', 'stories', 'matches', 'facts', 'quotes', 'quantities')),
    entity_id INTEGER NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
    bits BLOB NOT NULL,
    PRIMARY KEY ("table", entity_id)
);
CREATE INDEX facet_bitmaps_entity_id ON facet_bitmaps(entity_id);

-- The same of what columns say that readers choose by, where very many rows say it. Any change to the table takes them away.
CREATE TABLE facet_value_bitmaps (
    "table" TEXT NOT NULL CHECK ("table" IN ('matches', 'quotes', 'quantities')),
    "column" TEXT NOT NULL,
    value TEXT NOT NULL,
    bits BLOB NOT NULL,
    PRIMARY KEY ("table", "column", value)
);

CREATE TRIGGER article_entities_insert AFTER INSERT ON article_entities BEGIN
    DELETE FROM facet_bitmaps WHERE "table" = 'articles' AND entity_id = new.entity_id;
    DELETE FROM article_entity_ids WHERE article_id = new.article_id;
END;
CREATE TRIGGER article_entities_delete AFTER DELETE ON article_entities BEGIN
    DELETE FROM facet_bitmaps WHERE "table" = 'articles' AND entity_id = old.entity_id;
    DELETE FROM article_entity_ids WHERE article_id = old.article_id;
END;
CREATE TRIGGER sentence_entities_insert AFTER INSERT ON sentence_entities BEGIN
    DELETE FROM facet_bitmaps WHERE "table" IN ('quotes', 'quantities') AND entity_id = new.entity_id;
    INSERT INTO sentence_entity_ids VALUES (new.sentence_id, new.entity_id)
        ON CONFLICT (sentence_id) DO UPDATE SET entity_ids =
            (SELECT group_concat(entity_id) FROM sentence_entities WHERE sentence_id = new.sentence_id);
END;
CREATE TRIGGER sentence_entities_delete AFTER DELETE ON sentence_entities BEGIN
    DELETE FROM facet_bitmaps WHERE "table" IN ('quotes', 'quantities') AND entity_id = old.entity_id;
    DELETE FROM sentence_entity_ids WHERE sentence_id = old.sentence_id;
    INSERT INTO sentence_entity_ids (sentence_id, entity_ids)
        SELECT sentence_id, group_concat(entity_id) FROM sentence_entities WHERE sentence_id = old.sentence_id
        GROUP BY sentence_id;
END;
CREATE TRIGGER story_entities_insert AFTER INSERT ON story_entities BEGIN
    DELETE FROM facet_bitmaps WHERE "table" = 'stories' AND entity_id = new.entity_id;
END;
CREATE TRIGGER story_entities_delete AFTER DELETE ON story_entities BEGIN
    DELETE FROM facet_bitmaps WHERE "table" = 'stories' AND entity_id = old.entity_id;
END;

CREATE TABLE quantities (
    id INTEGER PRIMARY KEY,
    sentence_id INTEGER NOT NULL REFERENCES sentences(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    value REAL,
    unit TEXT,
    comparator TEXT NOT NULL DEFAULT '=' CHECK (comparator IN ('=', '>', '>=', '<', '<=')),
    approximate INTEGER NOT NULL DEFAULT 0,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX quantities_sentence_id ON quantities(sentence_id);
CREATE INDEX quantities_value ON quantities(kind, unit, value);
CREATE TRIGGER quantities_insert AFTER INSERT ON quantities BEGIN
    DELETE FROM facet_value_bitmaps WHERE "table" = 'quantities';
    DELETE FROM facet_bitmaps WHERE "table" = 'quantities'
    AND entity_id IN (SELECT entity_id FROM sentence_entities WHERE sentence_id = new.sentence_id);
END;
CREATE TRIGGER quantities_delete AFTER DELETE ON quantities BEGIN
    DELETE FROM facet_value_bitmaps WHERE "table" = 'quantities';
    DELETE FROM facet_bitmaps WHERE "table" = 'quantities'
    AND entity_id IN (SELECT entity_id FROM sentence_entities WHERE sentence_id = old.sentence_id);
END;
CREATE TRIGGER quantities_update AFTER UPDATE OF kind, unit ON quantities BEGIN
    DELETE FROM facet_value_bitmaps WHERE "table" = 'quantities';
END;

CREATE TABLE quotes (
    id INTEGER PRIMARY KEY,
    sentence_id INTEGER NOT NULL REFERENCES sentences(id) ON DELETE CASCADE,
    entity_id INTEGER REFERENCES entities(id) ON DELETE SET NULL,
    speaker TEXT,
    speaker_start INTEGER,
    speaker_end INTEGER,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX quotes_sentence_id ON quotes(sentence_id);
CREATE INDEX quotes_entity_id ON quotes(entity_id);
CREATE INDEX quotes_speaker ON quotes(speaker);
CREATE TRIGGER quotes_insert AFTER INSERT ON quotes BEGIN
    DELETE FROM facet_value_bitmaps WHERE "table" = 'quotes';
    DELETE FROM facet_bitmaps WHERE "table" = 'quotes'
    AND entity_id IN (SELECT entity_id FROM sentence_entities WHERE sentence_id = new.sentence_id);
END;
CREATE TRIGGER quotes_delete AFTER DELETE ON quotes BEGIN
    DELETE FROM facet_value_bitmaps WHERE "table" = 'quotes';
    DELETE FROM facet_bitmaps WHERE "table" = 'quotes'
    AND entity_id IN (SELECT entity_id FROM sentence_entities WHERE sentence_id = old.sentence_id);
END;
CREATE TRIGGER quotes_update AFTER UPDATE OF speaker ON quotes BEGIN
    DELETE FROM facet_value_bitmaps WHERE "table" = 'quotes';
END;

-- What embedding models made of sentences, kept for the next run: 4-byte floats, little-endian.
CREATE TABLE sentence_vectors (
    model TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (text_hash, model)
);

-- What language models said of pairs that the matcher was unsure of. A pair is known by its words, whichever comes
-- first, so that no model is asked twice.
CREATE TABLE judgements (
    id INTEGER PRIMARY KEY,
    left_article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    left_text TEXT NOT NULL,
    right_article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    right_text TEXT NOT NULL,
    model TEXT NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN ('same', 'part', 'different', 'none')),
    reason TEXT,
    score REAL NOT NULL,
    prompt_version TEXT NOT NULL,
    pair_hash TEXT NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (pair_hash, model, prompt_version)
);
CREATE INDEX judgements_left_article_id ON judgements(left_article_id);
CREATE INDEX judgements_right_article_id ON judgements(right_article_id);
CREATE INDEX judgements_answer ON judgements(answer, score);

CREATE TABLE matches (
    id INTEGER PRIMARY KEY,
    story_id INTEGER NOT NULL REFERENCES stories(id) ON DELETE CASCADE,
    left_sentence_id INTEGER NOT NULL REFERENCES sentences(id) ON DELETE CASCADE,
    right_sentence_id INTEGER NOT NULL REFERENCES sentences(id) ON DELETE CASCADE,
    left_article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    right_article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    score REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
    kind TEXT NOT NULL CHECK (kind IN ('verbatim', 'near-verbatim', 'paraphrase', 'partial')),
    is_primary INTEGER NOT NULL DEFAULT 0,
    is_moved INTEGER NOT NULL DEFAULT 0,
    why TEXT NOT NULL DEFAULT '{}',
    judgement_id INTEGER REFERENCES judgements(id) ON DELETE SET NULL,
    UNIQUE (left_sentence_id, right_sentence_id)
);
CREATE INDEX matches_judgement_id ON matches(judgement_id) WHERE judgement_id IS NOT NULL;
CREATE INDEX matches_right_sentence_id ON matches(right_sentence_id);
CREATE INDEX matches_story_id ON matches(story_id);
CREATE INDEX matches_articles ON matches(left_article_id, right_article_id);
CREATE INDEX matches_right_article_id ON matches(right_article_id);
CREATE INDEX matches_score ON matches(score);
CREATE INDEX matches_kind ON matches(kind, score);
CREATE TRIGGER matches_insert AFTER INSERT ON matches BEGIN
    DELETE FROM facet_value_bitmaps WHERE "table" = 'matches';
END;
CREATE TRIGGER matches_delete AFTER DELETE ON matches BEGIN
    DELETE FROM facet_value_bitmaps WHERE "table" = 'matches';
END;
CREATE TRIGGER matches_update AFTER UPDATE OF kind ON matches BEGIN
    DELETE FROM facet_value_bitmaps WHERE "table" = 'matches';
END;

CREATE TABLE match_entities (
    match_id INTEGER NOT NULL REFERENCES matches(id) ON DELETE CASCADE,
    entity_id INTEGER NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
    PRIMARY KEY (match_id, entity_id)
) WITHOUT ROWID;
CREATE INDEX match_entities_entity_id ON match_entities(entity_id);
CREATE TRIGGER match_entities_insert AFTER INSERT ON match_entities BEGIN
    DELETE FROM facet_bitmaps WHERE "table" = 'matches' AND entity_id = new.entity_id;
END;
CREATE TRIGGER match_entities_delete AFTER DELETE ON match_entities BEGIN
    DELETE FROM facet_bitmaps WHERE "table" = 'matches' AND entity_id = old.entity_id;
END;

CREATE TABLE near_misses (
    sentence_id INTEGER NOT NULL REFERENCES sentences(id) ON DELETE CASCADE,
    near_sentence_id INTEGER NOT NULL REFERENCES sentences(id) ON DELETE CASCADE,
    score REAL NOT NULL,
    judgement_id INTEGER REFERENCES judgements(id) ON DELETE SET NULL,
    PRIMARY KEY (sentence_id, near_sentence_id)
) WITHOUT ROWID;
CREATE INDEX near_misses_judgement_id ON near_misses(judgement_id) WHERE judgement_id IS NOT NULL;
CREATE INDEX near_misses_near_sentence_id ON near_misses(near_sentence_id);

CREATE TABLE differences (
    id INTEGER PRIMARY KEY,
    match_id INTEGER NOT NULL REFERENCES matches(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    left_text TEXT,
    right_text TEXT,
    left_start INTEGER,
    left_end INTEGER,
    right_start INTEGER,
    right_end INTEGER,
    note TEXT
);
CREATE INDEX differences_match_id ON differences(match_id);
CREATE INDEX differences_kind ON differences(kind);

CREATE TABLE facts (
    id INTEGER PRIMARY KEY,
    story_id INTEGER NOT NULL REFERENCES stories(id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    sentence_count INTEGER NOT NULL,
    source_count INTEGER NOT NULL,
    independent_count INTEGER NOT NULL,
    first_source_id TEXT REFERENCES sources(id),
    first_published TEXT
);
CREATE INDEX facts_story_id ON facts(story_id, source_count);
CREATE INDEX facts_first_source_id ON facts(first_source_id);

CREATE TABLE fact_sentences (
    fact_id INTEGER NOT NULL REFERENCES facts(id) ON DELETE CASCADE,
    sentence_id INTEGER NOT NULL REFERENCES sentences(id) ON DELETE CASCADE,
    PRIMARY KEY (fact_id, sentence_id)
) WITHOUT ROWID;
CREATE INDEX fact_sentences_sentence_id ON fact_sentences(sentence_id);

CREATE TABLE fact_entities (
    fact_id INTEGER NOT NULL REFERENCES facts(id) ON DELETE CASCADE,
    entity_id INTEGER NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
    PRIMARY KEY (fact_id, entity_id)
) WITHOUT ROWID;
CREATE INDEX fact_entities_entity_id ON fact_entities(entity_id);
CREATE TRIGGER fact_entities_insert AFTER INSERT ON fact_entities BEGIN
    DELETE FROM facet_bitmaps WHERE "table" = 'facts' AND entity_id = new.entity_id;
END;
CREATE TRIGGER fact_entities_delete AFTER DELETE ON fact_entities BEGIN
    DELETE FROM facet_bitmaps WHERE "table" = 'facts' AND entity_id = old.entity_id;
END;

-- Articles of a story that carry one text, such as a wire report: each leads to the earliest of them.
CREATE TABLE same_texts (
    article_id TEXT PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,
    first_article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    story_id INTEGER NOT NULL REFERENCES stories(id) ON DELETE CASCADE,
    share REAL NOT NULL
);
CREATE INDEX same_texts_first_article_id ON same_texts(first_article_id);
CREATE INDEX same_texts_story_id ON same_texts(story_id);

-- A verdict keeps the words that were judged, so that it outlives the sentences' rows.
CREATE TABLE verdicts (
    id INTEGER PRIMARY KEY,
    left_article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    left_sentence_id INTEGER REFERENCES sentences(id) ON DELETE SET NULL,
    left_text TEXT NOT NULL,
    right_article_id TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    right_sentence_id INTEGER REFERENCES sentences(id) ON DELETE SET NULL,
    right_text TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('right', 'wrong', 'unsure')),
    note TEXT,
    actor TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    kind TEXT,
    score REAL,
    UNIQUE (left_article_id, left_text, right_article_id, right_text, actor)
);
CREATE INDEX verdicts_left_sentence_id ON verdicts(left_sentence_id, right_sentence_id);
CREATE INDEX verdicts_right_sentence_id ON verdicts(right_sentence_id);
CREATE INDEX verdicts_right_article_id ON verdicts(right_article_id);
CREATE INDEX verdicts_kind ON verdicts(kind, score);
CREATE INDEX verdicts_verdict ON verdicts(verdict, at);
CREATE INDEX verdicts_at ON verdicts(at);

-- Datasette finds a table's search index by reading this SQL for content="TABLE". The index of the articles
-- takes its words from a view, so that it covers their whole text; the comment inside names the table for Datasette.
CREATE VIEW article_search AS
    SELECT articles.rowid AS rowid, articles.title, articles.author, article_texts.text
    FROM articles JOIN article_texts ON article_texts.article_id = articles.id;
CREATE VIRTUAL TABLE articles_fts USING fts5(
    title, author, text, content=article_search, tokenize='porter unicode61 remove_diacritics 2' /* content="articles" */
);
CREATE VIRTUAL TABLE sentences_fts USING fts5(
    text, content="sentences", content_rowid="id", tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER sentences_fts_insert AFTER INSERT ON sentences BEGIN
    INSERT INTO sentences_fts(rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER sentences_fts_delete AFTER DELETE ON sentences BEGIN
    INSERT INTO sentences_fts(sentences_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER sentences_fts_update AFTER UPDATE OF text ON sentences BEGIN
    INSERT INTO sentences_fts(sentences_fts, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO sentences_fts(rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER article_texts_fts_insert AFTER INSERT ON article_texts BEGIN
    INSERT INTO articles_fts(rowid, title, author, text)
        SELECT rowid, title, author, new.text FROM articles WHERE id = new.article_id;
END;
CREATE TRIGGER article_texts_fts_delete BEFORE DELETE ON article_texts BEGIN
    INSERT INTO articles_fts(articles_fts, rowid, title, author, text)
        SELECT 'delete', rowid, title, author, old.text FROM articles WHERE id = old.article_id;
END;
CREATE TRIGGER articles_fts_update AFTER UPDATE OF title, author ON articles BEGIN
    INSERT INTO articles_fts(articles_fts, rowid, title, author, text)
        SELECT 'delete', old.rowid, old.title, old.author, text FROM article_texts WHERE article_id = old.id;
    INSERT INTO articles_fts(rowid, title, author, text)
        SELECT new.rowid, new.title, new.author, text FROM article_texts WHERE article_id = new.id;
END;
-- Before the row itself goes: by the time the cascade reaches article_texts, its title is no longer known.
CREATE TRIGGER articles_delete BEFORE DELETE ON articles BEGIN
    DELETE FROM article_texts WHERE article_id = old.id;
END;
