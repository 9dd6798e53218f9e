-- A copy for tests calls no shop: connectors pause, and what opens a shop or this database is gone.
-- The demo shop is part of the database, and stays.
UPDATE gateway_connector
   SET state = 'paused',
       pause_reason = 'neutralised copy of the database',
       paused_since = now() AT TIME ZONE 'UTC',
       is_paused_by_hand = false,
       is_webhook_on = false,
       webhooks_checked = NULL,
       webhooks_error = NULL
 WHERE id NOT IN (
       SELECT connector_id
         FROM gateway_connection
        WHERE demo_shop IS NOT NULL
);

UPDATE gateway_connection
   SET secrets = NULL,
       typed = NULL,
       token_cache = NULL,
       webhook_token = NULL,
       webhook_digest = NULL
 WHERE demo_shop IS NULL;

DELETE FROM gateway_subscription;
DELETE FROM gateway_health_key;

-- jobs that the original will do
UPDATE queue_job
   SET state = 'cancelled'
 WHERE state IN ('wait_dependencies', 'pending', 'enqueued', 'started')
   AND (model_name = 'gateway' OR model_name LIKE 'gateway.%');

UPDATE ir_cron
   SET active = false
 WHERE id IN (
       SELECT res_id
         FROM ir_model_data
        WHERE model = 'ir.cron'
          AND module = 'gateway_ng'
);
