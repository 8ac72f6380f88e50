-- One row is one statement: what kind of source it has, whether it is quoted, and whether the article calls the speaker she or he.
WITH called AS (  -- pronouns and titles that refer to the speaker; first names are not used
    SELECT
        article_id,
        actor_id,
        lower(text) IN ('she', 'her', 'hers', 'herself') OR regexp_matches(text, '^(Mrs|Ms|Miss)\b') AS is_she
    FROM main.mentions
    WHERE lower(text) IN ('she', 'her', 'hers', 'herself', 'he', 'him', 'his', 'himself')
        OR text[1] = 'M' AND regexp_matches(text, '^(Mrs?|Ms|Miss)\b')
),

gendered AS (
    SELECT article_id, actor_id, if(bool_and(is_she), 'woman', 'man') AS gender
    FROM called
    GROUP BY article_id, actor_id
    HAVING bool_and(is_she) OR NOT bool_or(is_she)
)

SELECT
    s.published_on,
    coalesce(a.outlet, a.agency) AS outlet, -- outlet that published the article; if unknown, its news agency
    CASE
        WHEN s.source_type = 'document' THEN 'document'
        WHEN s.source_type = 'anonymous person' AND p.kind = 'group' AND NOT regexp_matches(
            p.name, -- "critics" are described; "two officials" and "people familiar with the talks" are anonymous
            '(?i)\b(officials|sources|aides|advis[eo]rs|insiders|staffers|diplomats|informants|whistleblowers|confidants)\b'
            || '|\b(people|persons|those|colleagues|associates|friends) (with|familiar|close|briefed|involved)\b'
        ) THEN 'described'
        WHEN s.source_type = 'anonymous person' AND p.kind <> 'group' AND regexp_matches(
            p.name, -- "62 percent of voters", "two-thirds of them", "seven in ten", "nobody"
            '(?i)\bper ?cent\b|%|^\d+$|\w[ -](in|out of)[ -](ten|five|four|three|\d)|-thirds?\b'
            || '|\b(half|majority|plurality|share|third|quarter) of\b|^(every|no|any)(one|body)\b|^(no one|none)\b'
        ) THEN 'described'
        WHEN s.source_type = 'anonymous person' THEN 'anonymous'
        WHEN s.actor_id IS NULL THEN 'none'
        WHEN p.kind = 'unnamed' OR s.speaker_resolution IN ('unnamed', 'role') THEN 'described'
        ELSE 'named'
    END AS source_kind, -- named; described (an organization or a group of people without a name, "critics"); anonymous (a person whom the article never names, or "officials", "aides" and the like); document; none
    s.kind <> 'indirect' AS is_quoted, -- whether the statement is in quotation marks, in full or in part, and not only paraphrased
    if(p.kind = 'person', g.gender, NULL) AS gender, -- woman: the article calls a named person she or Mrs; man: he or Mr; else null
    s.seq_no,
    s.actor_id,
    s.article_id,
    a.story_id,
    s.statement_id
FROM main.statements AS s
JOIN main.articles AS a ON a.article_id = s.article_id
LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id
LEFT JOIN gendered AS g ON g.article_id = s.article_id AND g.actor_id = s.actor_id
WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND s.correction IS DISTINCT FROM 'deleted'
