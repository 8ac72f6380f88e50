-- warning on statements: When the extractor doubts most of what it finds, the texts are of a kind it was not made for.
-- expected: the mean confidence is at least $min_confidence, from $min_statements statements on
-- $min_confidence = 0.5: on news it is above 0.8; at one half it is right as often as wrong
-- $min_statements = 50: with fewer, a single odd article decides
SELECT count(*) AS statements, avg(confidence) AS mean_confidence, format('{:.2f} on average', avg(confidence)) AS observed
FROM staging.statements
HAVING count(*) >= $min_statements AND avg(confidence) < $min_confidence
