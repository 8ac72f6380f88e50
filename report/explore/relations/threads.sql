SELECT
    thread_id, place, depth, manner, days_after, actor_id, utterance_id, answers_utterance_id, statement_id
FROM main.reply_threads
