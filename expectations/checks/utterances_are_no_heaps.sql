-- warning on statements: One utterance in very many wordings is many sayings that were taken for one, such as a slogan.
-- expected: no utterance is told in more than $max_wordings different wordings in one run
-- $max_wordings = 40: what the world repeats for days comes in some twenty wordings
SELECT
    utterance_id,
    count(DISTINCT content) AS wordings,
    min(content) AS content,
    format('{} wordings are one utterance: {}', count(DISTINCT content), min(content)) AS observed
FROM staging.statements
WHERE utterance_id IS NOT NULL
GROUP BY utterance_id
HAVING count(DISTINCT content) > $max_wordings
ORDER BY wordings DESC
