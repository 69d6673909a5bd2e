-- The transaction that ends a trial, or enters it as ended, also writes what belongs to it: a trigger sees what its statement has done so far.
CREATE OR REPLACE FUNCTION "refuse_after_end"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM public.trials WHERE id = NEW.trial_id AND state NOT IN ('queued', 'running') AND xmin <> pg_current_xact_id()::xid) THEN
		RAISE EXCEPTION '% refuses %: the trial has ended, and what belongs to it is final', TG_TABLE_NAME, TG_OP
			USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	RETURN NEW;
END
$$;
