ALTER TABLE "trials" ADD COLUMN "noise_variance" double precision;--> statement-breakpoint
ALTER TABLE "trials" ADD COLUMN "noise_seeds" integer;--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "trials_noise" CHECK (num_nonnulls("trials"."noise_variance", "trials"."noise_seeds") = 0 or ("trials"."state" = 'complete' and "trials"."noise_variance" is not null
          and "trials"."noise_variance" >= 0 and "trials"."noise_variance" < 'Infinity' and ("trials"."noise_seeds" is null or "trials"."noise_seeds" >= 2)));