SELECT DISTINCT coalesce(outlet, agency) AS outlet
FROM main.articles
WHERE coalesce(outlet, agency) IS NOT NULL
