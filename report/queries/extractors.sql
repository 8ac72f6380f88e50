-- one row per version of the extractor, with its statements
select extractor_version, count(*) as statements from statements group by all order by statements desc limit 10
