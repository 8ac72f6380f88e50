-- warning on statements: When confidence is low, the texts are of a kind that the extractor was not trained on.
-- expected: the mean confidence is at least $min_confidence (runs with at least $min_statements statements)
-- $min_confidence = 0.5: on news it is above 0.8; at one half, the extractor is wrong as often as right
-- $min_statements = 50: with fewer statements, one odd article changes the result
SELECT count(*) AS statements, avg(confidence) AS mean_confidence, format('{:.2f} on average', avg(confidence)) AS observed
FROM staging.statements
HAVING count(*) >= $min_statements AND avg(confidence) < $min_confidence
