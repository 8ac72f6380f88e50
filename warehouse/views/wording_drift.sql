-- One row is one print of a saying that others tell in other words: what it adds to the fullest print, and what it drops.
WITH prints AS (
    SELECT
        utterance_id,
        print_no,
        statement_id,
        is_fullest,
        outlet,
        published_on,
        speaker,
        kind,
        statement,
        actor_id,
        regexp_extract_all(lower(statement), '[\p{L}\p{N}]+') AS words
    FROM main.utterance_prints
    WHERE prints > 1
),

compared AS (
    SELECT
        p.*,
        f.outlet AS fullest_outlet,
        f.statement AS fullest,
        len(f.words) AS full_words,
        [w FOR w IN p.words IF NOT list_contains(f.words, w)] AS added,
        [w FOR w IN f.words IF NOT list_contains(p.words, w)] AS dropped
    FROM prints AS p
    JOIN prints AS f ON f.utterance_id = p.utterance_id AND f.is_fullest
    WHERE NOT p.is_fullest AND p.words <> f.words
)

SELECT
    utterance_id, -- the saying: statement_id of its first print
    print_no, -- which print of it, in the order of the days
    published_on,
    outlet, -- who published the article, else the agency that it is from
    speaker, -- fullest name of who spoke, as this print tells; null when nobody can be named
    kind,
    statement, -- what was said, in the words of this print
    fullest_outlet, -- who printed most of it
    fullest, -- the words of that print
    CASE
        WHEN len(added) = 0 AND len(dropped) = 0 THEN 'reordered'
        WHEN len(added) = 0 THEN 'cut'
        WHEN len(dropped) = 0 THEN 'added'
        ELSE 'changed'
    END AS drift, -- cut: it only drops words; added: it only adds some; changed: it does both; reordered: neither
    added, -- words that the fullest print does not have, in their order
    dropped, -- words of the fullest print that it does not have, in their order
    round(1 - len(dropped) / full_words, 2) AS kept, -- what part of the words of the fullest print it has, from 0 to 1
    statement_id,
    actor_id
FROM compared
