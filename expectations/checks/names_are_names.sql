-- warning on actors: A web address, or a name as long as a sentence, is text that was mistaken for an actor.
-- expected: a name has at most $max_characters characters, contains a letter, and is not a web address
-- $max_characters = 150: the longest names of ministries and treaty organizations have about 120
SELECT actor_id, kind, left(name, 160) AS name
FROM staging.actors
WHERE length(name) > $max_characters OR regexp_matches(name, '(?i)https?://|^www\.|\S@\S+\.\S') OR NOT regexp_matches(name, '\p{L}')
