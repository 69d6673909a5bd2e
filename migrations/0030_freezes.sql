CREATE TYPE "public"."freeze_colour" AS ENUM('green', 'red');--> statement-breakpoint
CREATE TABLE "freeze_verdicts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "freeze_verdicts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"freeze_id" bigint NOT NULL,
	"colour" "freeze_colour" NOT NULL,
	"trial" text NOT NULL,
	"reason" text NOT NULL,
	"verdicts" json NOT NULL,
	"opened" text,
	"judged_at" timestamp with time zone DEFAULT now() NOT NULL,
	"judged_by" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "freezes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "freezes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"group_name" text NOT NULL,
	"study" text NOT NULL,
	"policy" text NOT NULL,
	"frozen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"frozen_by" text NOT NULL,
	"lifted_at" timestamp with time zone,
	"lifted_by" text,
	"lifted_because" text,
	CONSTRAINT "freezes_lifted_whole" CHECK (num_nonnulls("freezes"."lifted_at", "freezes"."lifted_by", "freezes"."lifted_because") in (0, 3)
        and coalesce("freezes"."lifted_because", 'x') ~ '[^[:space:]]')
);
--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "group_name" text;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "next_study" text;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "frozen_by" bigint;--> statement-breakpoint
ALTER TABLE "freeze_verdicts" ADD CONSTRAINT "freeze_verdicts_freeze_id_freezes_id_fk" FOREIGN KEY ("freeze_id") REFERENCES "public"."freezes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "freeze_verdicts_of_freeze" ON "freeze_verdicts" USING btree ("freeze_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "freezes_standing" ON "freezes" USING btree ("group_name") WHERE lifted_at is null;--> statement-breakpoint
CREATE INDEX "freezes_of_group" ON "freezes" USING btree ("group_name","id");--> statement-breakpoint
ALTER TABLE "studies" ADD CONSTRAINT "studies_frozen_by_freezes_id_fk" FOREIGN KEY ("frozen_by") REFERENCES "public"."freezes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "studies_group" ON "studies" USING btree ("group_name") WHERE group_name is not null;--> statement-breakpoint
-- A freeze says what it says: it is lifted once, with who and why, and never taken back or removed.
CREATE TRIGGER "freezes_are_only_lifted" BEFORE UPDATE ON "freezes"
	FOR EACH ROW WHEN (OLD."lifted_at" IS NOT NULL OR NEW."lifted_at" IS NULL
		OR (OLD."id", OLD."group_name", OLD."study", OLD."policy", OLD."frozen_at", OLD."frozen_by")
			IS DISTINCT FROM (NEW."id", NEW."group_name", NEW."study", NEW."policy", NEW."frozen_at", NEW."frozen_by"))
	EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "freezes_only_grow" BEFORE DELETE ON "freezes"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "freezes_are_never_emptied" BEFORE TRUNCATE ON "freezes"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "freeze_verdicts_only_grow" BEFORE UPDATE OR DELETE ON "freeze_verdicts"
	FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "freeze_verdicts_are_never_emptied" BEFORE TRUNCATE ON "freeze_verdicts"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
-- Whatever a study is called and whichever group it joins, whoever writes: the freeze of its group holds it, unless it is the one that works.
CREATE FUNCTION "hold_study"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.frozen_by := (SELECT id FROM public.freezes WHERE group_name = NEW.group_name AND lifted_at IS NULL AND study <> NEW.name);
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "studies_are_held" BEFORE INSERT OR UPDATE OF "name", "group_name" ON "studies"
	FOR EACH ROW EXECUTE FUNCTION "hold_study"();
--> statement-breakpoint
-- No trial joins or begins in a study that is held, whoever asks: also a worker whose statements know of no freeze.
CREATE FUNCTION "refuse_while_frozen"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM public.studies WHERE id = NEW.study_id AND frozen_by IS NOT NULL) THEN
		RAISE EXCEPTION 'the study is frozen: it takes no trial until its group is thawed'
			USING ERRCODE = 'integrity_constraint_violation', HINT = 'assay freeze ls shows which groups are frozen, and why';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "trials_join_no_frozen_study" BEFORE INSERT ON "trials"
	FOR EACH ROW EXECUTE FUNCTION "refuse_while_frozen"();
--> statement-breakpoint
CREATE TRIGGER "trials_begin_in_no_frozen_study" BEFORE UPDATE ON "trials"
	FOR EACH ROW WHEN (OLD."state" <> 'running' AND NEW."state" = 'running') EXECUTE FUNCTION "refuse_while_frozen"();
