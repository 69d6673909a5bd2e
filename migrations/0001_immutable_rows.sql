-- What is finished stays as it is, whoever writes: a bug, a zombie or a person at the psql prompt.

CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% refuses %: its rows are final', TG_TABLE_NAME, TG_OP
		USING ERRCODE = 'integrity_constraint_violation';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "promotions_only_grow" BEFORE UPDATE OR DELETE ON "promotions"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "promotions_are_never_emptied" BEFORE TRUNCATE ON "promotions"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "finished_trials_never_change" BEFORE UPDATE ON "trials"
	FOR EACH ROW WHEN (OLD."state" NOT IN ('queued', 'running')) EXECUTE FUNCTION "refuse_change"();
