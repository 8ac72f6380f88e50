-- one row per run, newest first
SELECT run_id, version_no, started_at, ended_at, status, files, files_loaded, files_rejected, articles_loaded,
    articles_rejected, rejects, statements, speaker_share, checks, critical_failures, warnings
FROM main.run_health
ORDER BY started_at DESC, run_id DESC
