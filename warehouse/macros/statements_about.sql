-- One row is one statement about, or addressed to, an actor with this name: statements_about('Huawei').
CREATE OR REPLACE MACRO main.statements_about(called) AS TABLE
SELECT * FROM main.said_about WHERE subject_id IN (SELECT actor_id FROM main.actors_called(called))
