-- The first numbered shape, which warehouses without a number have. There is nothing to migrate.
SELECT 1;
