ALTER TYPE "public"."attempt_ending" ADD VALUE 'forked';--> statement-breakpoint
ALTER TABLE "trials" ADD COLUMN "forked_from" integer;--> statement-breakpoint
ALTER TABLE "trials" ADD COLUMN "forked_step" integer;--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "trials_forked" CHECK (num_nonnulls("trials"."forked_from", "trials"."forked_step") in (0, 2));