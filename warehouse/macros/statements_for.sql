-- One row is one statement by, or on behalf of, an organization or country with this name: statements_for('Huawei').
CREATE OR REPLACE MACRO main.statements_for(called) AS TABLE
SELECT *
FROM main.who_said_what
WHERE organization_id IN (SELECT actor_id FROM main.actors_called(called))
    OR actor_id IN (SELECT actor_id FROM main.actors_called(called))
