SELECT actor_id, name, kind, country_code, strip_accents(lower(name)) AS plain_name
FROM main.actors
WHERE kind <> 'nobody'
