-- One row is one accusation: who accuses whom, when first, and in which words; without killed stories and copies. Utterances count once.
WITH accusing AS MATERIALIZED (  -- "accused Roe of fraud": whom it accuses is named before "of"
    SELECT
        s.statement_id,
        s.article_id,
        s.actor_id AS speaker_id,
        s.published_on,
        coalesce(s.utterance_id, s.statement_id) AS utterance_id,
        s.content,
        s.content_spans[1].start AS starts_at,
        length(regexp_extract(
            s.content[:s.content_spans[1]."end" - s.content_spans[1].start],
            '(?is)^(.*?)(\s(of|for|over|with|in|on|to|after|because|when|while|by)\s|[,.;:!?]|$)', 1
        )) AS letters -- of the words before "of"
    FROM main.statements AS s
    WHERE s.cue_class = 'accusing'
        AND s.cue_lemma IN ('accuse', 'blame', 'charge', 'fault', 'impeach', 'implicate', 'incriminate', 'indict')
        AND (s.cue_lemma <> 'charge' OR regexp_matches(s.content, '^[^,.]* (with|of) ')) -- "charged that the bridge was unsafe"
        AND NOT s.is_negated AND s.modality = 'asserted' AND s.correction IS DISTINCT FROM 'deleted'
        AND NOT regexp_matches(s.content, '(?i)^\W*(that|how|not|why|since|because|if|when)\b')
        AND NOT regexp_matches(s.cue, '(?i)\b(to|not|never)\b|n.t\b|ed of$')
),

named AS (
    SELECT
        s.*,
        m.actor_id AS accused_id,
        t.kind,
        m.start - s.starts_at AS place,
        m."end" - s.starts_at AS place_end
    FROM accusing AS s
    JOIN main.statement_actors AS r USING (statement_id)
    JOIN main.mentions AS m USING (mention_id)
    JOIN main.actors AS t ON t.actor_id = m.actor_id AND t.kind <> 'nobody'
    WHERE r.relation = 'mentioned' AND m.actor_id IS DISTINCT FROM s.speaker_id
        AND m.start >= s.starts_at AND m."end" - s.starts_at <= s.letters
        AND NOT regexp_matches(s.content[m."end" - s.starts_at + 1:], '^[’'']') -- "Roe's brother"
        AND lower(m.text) NOT IN ('his', 'her', 'its', 'their')
),

accused AS (
    SELECT *
    FROM named AS n
    WHERE n.kind = 'person' OR NOT EXISTS (  -- "Post editor Roe" accuses only Roe
        FROM named AS p
        WHERE p.statement_id = n.statement_id AND p.kind = 'person' AND p.place > n.place
            AND NOT regexp_matches(n.content[n.place_end + 1:p.place], ',|\band\b')
    )
)

SELECT
    min(a.published_on) AS published_on, -- day of the first print
    arg_min(p.name, c.print) AS speaker, -- who accuses, according to the first print; null if no actor was found
    t.name AS accused, -- who is accused
    arg_min(s.cue, c.print) AS cue,
    arg_min(s.content, c.print) AS statement, -- the accusation, word for word
    count(DISTINCT c.article_id) AS articles, -- number of articles with the accusation
    count(DISTINCT coalesce(a.outlet, a.agency)) AS outlets, -- number of outlets with the accusation
    arg_min(c.speaker_id, c.print) AS speaker_id, -- actor_id of the speaker
    arg_min(c.accused_id, c.print) AS accused_id, -- actor_id of the accused
    arg_min(c.statement_id, c.print) AS statement_id,
    c.utterance_id -- the utterance: statement_id of its first print
FROM (SELECT *, (statement_id <> utterance_id, published_on, statement_id) AS print FROM accused) AS c
JOIN main.statements AS s USING (statement_id)
JOIN main.articles AS a ON a.article_id = c.article_id
JOIN main.actors AS t ON t.actor_id = c.accused_id
LEFT JOIN main.actors AS p ON p.actor_id = c.speaker_id AND p.kind <> 'nobody'
WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE
GROUP BY c.utterance_id, t.name
