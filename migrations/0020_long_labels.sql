-- An index entry has an end, a choice has none: lists are sorted by how a long one begins.

CREATE OR REPLACE FUNCTION "write_params"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO trial_figures (study_id, name, number, figure, label)
		SELECT study_id, 'param:' || param, number, CASE WHEN json_typeof(given) = 'number' THEN given::text::float8 END,
			CASE WHEN json_typeof(given) <> 'number' THEN left(given #>> '{}', 500) END
		FROM written, json_each(params) AS chosen (param, given);
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "rewrite_params"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM trial_figures WHERE study_id = NEW.study_id AND number = NEW.number AND name LIKE 'param:%';
	INSERT INTO trial_figures (study_id, name, number, figure, label)
		SELECT NEW.study_id, 'param:' || param, NEW.number, CASE WHEN json_typeof(given) = 'number' THEN given::text::float8 END,
			CASE WHEN json_typeof(given) <> 'number' THEN left(given #>> '{}', 500) END
		FROM json_each(NEW.params) AS chosen (param, given);
	RETURN NULL;
END
$$;
