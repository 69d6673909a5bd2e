ALTER TABLE "attempts" ADD COLUMN "expected_value" double precision;--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "expected_sd" double precision;--> statement-breakpoint
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_expected" CHECK (num_nonnulls("attempts"."expected_value", "attempts"."expected_sd") in (0, 2) and "attempts"."expected_sd" >= 0
        and "attempts"."expected_sd" < 'Infinity' and abs("attempts"."expected_value") < 'Infinity');