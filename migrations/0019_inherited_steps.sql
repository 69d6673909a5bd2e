ALTER TABLE "attempts" ADD COLUMN "inherited_step" integer;--> statement-breakpoint
ALTER TABLE "judgements" ADD COLUMN "ran_on" jsonb;
--> statement-breakpoint
UPDATE "attempts" SET "inherited_step" = "trials"."forked_step"
	FROM "trials"
	WHERE "trials"."id" = "attempts"."trial_id" AND "trials"."forked_step" IS NOT NULL AND ("attempts"."attempt" = 1 OR "attempts"."resumed_step" IS NOT NULL);
