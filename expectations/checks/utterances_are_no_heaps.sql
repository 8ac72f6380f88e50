-- warning on statements: An utterance with very many wordings is probably several utterances merged by mistake, such as slogans.
-- expected: no utterance has more than $max_wordings wordings in one run
-- $max_wordings = 40: an utterance that is repeated worldwide for days has about twenty
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
