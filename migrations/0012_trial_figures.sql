-- Whoever writes a trial writes what it can be sorted by; no verb has to remember to.

CREATE FUNCTION "write_params"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO trial_figures (study_id, name, number, figure, label)
		SELECT study_id, 'param:' || param, number, CASE WHEN json_typeof(given) = 'number' THEN given::text::float8 END,
			CASE WHEN json_typeof(given) <> 'number' THEN given #>> '{}' END
		FROM written, json_each(params) AS chosen (param, given);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "rewrite_params"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM trial_figures WHERE study_id = NEW.study_id AND number = NEW.number AND name LIKE 'param:%';
	INSERT INTO trial_figures (study_id, name, number, figure, label)
		SELECT NEW.study_id, 'param:' || param, NEW.number, CASE WHEN json_typeof(given) = 'number' THEN given::text::float8 END,
			CASE WHEN json_typeof(given) <> 'number' THEN given #>> '{}' END
		FROM json_each(NEW.params) AS chosen (param, given);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "write_results"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO trial_figures (study_id, name, number, figure)
		SELECT NEW.study_id, 'metric:' || metric, NEW.number, figure FROM unnest(NEW.metric_names, NEW.metric_values) AS metrics (metric, figure) WHERE figure <> 'NaN'
		UNION ALL
		SELECT NEW.study_id, 'objective:' || place, NEW.number, figure FROM unnest(NEW.objective_values) WITH ORDINALITY AS objectives (figure, place);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "forget_figures"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM trial_figures WHERE study_id = OLD.id;
	RETURN NULL;
END
$$;
--> statement-breakpoint
INSERT INTO "trial_figures" (study_id, name, number, figure, label)
	SELECT study_id, 'param:' || param, number, CASE WHEN json_typeof(given) = 'number' THEN given::text::float8 END,
		CASE WHEN json_typeof(given) <> 'number' THEN given #>> '{}' END
	FROM "trials", json_each("params") AS chosen (param, given);
--> statement-breakpoint
INSERT INTO "trial_figures" (study_id, name, number, figure)
	SELECT study_id, 'metric:' || metric, number, figure FROM "trials", unnest(metric_names, metric_values) AS metrics (metric, figure)
	WHERE state = 'complete' AND figure <> 'NaN'
	UNION ALL
	SELECT study_id, 'objective:' || place, number, figure FROM "trials", unnest(objective_values) WITH ORDINALITY AS objectives (figure, place)
	WHERE state = 'complete';
--> statement-breakpoint
CREATE TRIGGER "trials_write_params" AFTER INSERT ON "trials" REFERENCING NEW TABLE AS "written"
	FOR EACH STATEMENT EXECUTE FUNCTION "write_params"();
--> statement-breakpoint
CREATE TRIGGER "trials_rewrite_params" AFTER UPDATE OF "params" ON "trials"
	FOR EACH ROW EXECUTE FUNCTION "rewrite_params"();
--> statement-breakpoint
CREATE TRIGGER "trials_write_results" AFTER UPDATE ON "trials"
	FOR EACH ROW WHEN (NEW."state" = 'complete' AND (cardinality(NEW."metric_names") > 0 OR NEW."objective_values" IS NOT NULL))
	EXECUTE FUNCTION "write_results"();
--> statement-breakpoint
CREATE TRIGGER "trials_write_known_results" AFTER INSERT ON "trials"
	FOR EACH ROW WHEN (NEW."state" = 'complete' AND (cardinality(NEW."metric_names") > 0 OR NEW."objective_values" IS NOT NULL))
	EXECUTE FUNCTION "write_results"();
--> statement-breakpoint
CREATE TRIGGER "studies_forget_figures" AFTER DELETE ON "studies"
	FOR EACH ROW EXECUTE FUNCTION "forget_figures"();
