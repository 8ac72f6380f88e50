-- one row per name of the actor, with the rule that linked it; most frequent first
SELECT alias AS name, rule, mention_count AS mentions, first_seen_on, last_seen_on
FROM main.actor_aliases
WHERE actor_id = $id
ORDER BY mention_count DESC, alias
