-- one row a version of the extractor that found statements
select extractor_version, count(*) as statements from statements group by all order by statements desc limit 10
