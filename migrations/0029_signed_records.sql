ALTER TABLE "promotions" ADD COLUMN "bundle_hash" text GENERATED ALWAYS AS (record::jsonb ->> 'bundleHash') STORED;--> statement-breakpoint
ALTER TABLE "promotions" ADD COLUMN "signer" text GENERATED ALWAYS AS (record::jsonb ->> 'signer') STORED;--> statement-breakpoint
ALTER TABLE "promotions" ADD COLUMN "signature" text;--> statement-breakpoint
ALTER TABLE "promotions" ADD CONSTRAINT "promotions_bundle_hash_artifacts_hash_fk" FOREIGN KEY ("bundle_hash") REFERENCES "public"."artifacts"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "promotions" ADD CONSTRAINT "promotions_signature" CHECK (("promotions"."signer" is null) = ("promotions"."signature" is null));