CREATE TYPE "public"."live_command_kind" AS ENUM('halt', 'reduce', 'flatten', 'resume', 'stop');--> statement-breakpoint
CREATE TABLE "live_commands" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "live_commands_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"run_id" bigint NOT NULL,
	"kind" "live_command_kind" NOT NULL,
	"to_state" text,
	"by_whom" text NOT NULL,
	"reason" text NOT NULL,
	"asked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"taken_at" timestamp with time zone,
	"outcome" text
);
--> statement-breakpoint
CREATE TABLE "live_decisions" (
	"run_id" bigint NOT NULL,
	"bar_end_ms" bigint NOT NULL,
	"observation_hash" text NOT NULL,
	"action" json NOT NULL,
	"memory" json NOT NULL,
	"decided_at" numeric(20, 0) NOT NULL,
	CONSTRAINT "live_decisions_run_id_bar_end_ms_pk" PRIMARY KEY("run_id","bar_end_ms")
);
--> statement-breakpoint
CREATE TABLE "live_fills" (
	"sequence" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "live_fills_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"run_id" bigint NOT NULL,
	"execution_id" text NOT NULL,
	"order_id" text NOT NULL,
	"symbol" text NOT NULL,
	"side" text NOT NULL,
	"lots" integer NOT NULL,
	"price_ticks" bigint NOT NULL,
	"fee_micros" bigint NOT NULL,
	"liquidity" text NOT NULL,
	"at" numeric(20, 0) NOT NULL,
	"seen_at" numeric(20, 0) NOT NULL,
	CONSTRAINT "live_fills_lots" CHECK ("live_fills"."lots" > 0)
);
--> statement-breakpoint
CREATE TABLE "live_incidents" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "live_incidents_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"run_id" bigint NOT NULL,
	"code" text NOT NULL,
	"because" text NOT NULL,
	"at" numeric(20, 0) NOT NULL,
	"drill" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "live_navs" (
	"run_id" bigint NOT NULL,
	"bar_end_ms" bigint NOT NULL,
	"nav_micros" bigint NOT NULL,
	"lots" json NOT NULL,
	CONSTRAINT "live_navs_run_id_bar_end_ms_pk" PRIMARY KEY("run_id","bar_end_ms")
);
--> statement-breakpoint
CREATE TABLE "live_order_events" (
	"sequence" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "live_order_events_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"run_id" bigint NOT NULL,
	"order_id" text NOT NULL,
	"kind" text NOT NULL,
	"report" json NOT NULL,
	"at" numeric(20, 0) NOT NULL,
	"seen_at" numeric(20, 0) NOT NULL
);
--> statement-breakpoint
CREATE TABLE "live_orders" (
	"run_id" bigint NOT NULL,
	"id" text NOT NULL,
	"symbol" text NOT NULL,
	"side" text NOT NULL,
	"lots" integer NOT NULL,
	"kind" json NOT NULL,
	"time_in_force" text NOT NULL,
	"intended_at" numeric(20, 0) NOT NULL,
	CONSTRAINT "live_orders_run_id_id_pk" PRIMARY KEY("run_id","id"),
	CONSTRAINT "live_orders_lots" CHECK ("live_orders"."lots" > 0)
);
--> statement-breakpoint
CREATE TABLE "live_risk_events" (
	"run_id" bigint NOT NULL,
	"sequence" bigint NOT NULL,
	"record" text NOT NULL,
	"hash" text NOT NULL,
	"kind" text GENERATED ALWAYS AS (record::jsonb ->> 'kind') STORED NOT NULL,
	CONSTRAINT "live_risk_events_run_id_sequence_pk" PRIMARY KEY("run_id","sequence"),
	CONSTRAINT "live_risk_events_hash" CHECK ("live_risk_events"."hash" = encode(sha256(convert_to("live_risk_events"."record", 'UTF8')), 'hex'))
);
--> statement-breakpoint
CREATE TABLE "live_runs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "live_runs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"model" text NOT NULL,
	"policy_hash" text NOT NULL,
	"config" json NOT NULL,
	"config_hash" text NOT NULL,
	"feed" text NOT NULL,
	"broker" text NOT NULL,
	"account" text NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_by" text NOT NULL,
	"ended_at" timestamp with time zone,
	"ended_because" text,
	"lease_token" text,
	"lease_expires_at" timestamp with time zone,
	"holder" text,
	CONSTRAINT "live_runs_name" UNIQUE("name"),
	CONSTRAINT "live_runs_lease" CHECK (("live_runs"."lease_token" is null) = ("live_runs"."lease_expires_at" is null)),
	CONSTRAINT "live_runs_ended" CHECK (("live_runs"."ended_at" is null) = ("live_runs"."ended_because" is null))
);
--> statement-breakpoint
CREATE TABLE "live_state" (
	"run_id" bigint PRIMARY KEY NOT NULL,
	"latch" text,
	"nav_micros" bigint,
	"positions" json DEFAULT '{}'::json NOT NULL,
	"time" numeric(20, 0),
	"reconciled" text DEFAULT 'unknown' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "live_commands" ADD CONSTRAINT "live_commands_run_id_live_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."live_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_decisions" ADD CONSTRAINT "live_decisions_run_id_live_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."live_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_fills" ADD CONSTRAINT "live_fills_run_id_live_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."live_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_incidents" ADD CONSTRAINT "live_incidents_run_id_live_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."live_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_navs" ADD CONSTRAINT "live_navs_run_id_live_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."live_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_order_events" ADD CONSTRAINT "live_order_events_run_id_live_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."live_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_orders" ADD CONSTRAINT "live_orders_run_id_live_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."live_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_risk_events" ADD CONSTRAINT "live_risk_events_run_id_live_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."live_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_state" ADD CONSTRAINT "live_state_run_id_live_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."live_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "live_commands_waiting" ON "live_commands" USING btree ("run_id","id") WHERE taken_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "live_fills_execution" ON "live_fills" USING btree ("run_id","execution_id");--> statement-breakpoint
CREATE INDEX "live_fills_of_run" ON "live_fills" USING btree ("run_id","sequence");--> statement-breakpoint
CREATE INDEX "live_incidents_of_run" ON "live_incidents" USING btree ("run_id","id");--> statement-breakpoint
CREATE INDEX "live_order_events_of_run" ON "live_order_events" USING btree ("run_id","sequence");--> statement-breakpoint
CREATE INDEX "live_runs_account" ON "live_runs" USING btree ("account");
--> statement-breakpoint
-- What happened stays as it was written; of a run only its lease and its end change, of a command only that it was taken.
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['live_orders', 'live_order_events', 'live_fills', 'live_decisions', 'live_navs', 'live_risk_events', 'live_incidents'] LOOP
		EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name || '_only_grow', name);
		EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_are_never_emptied', name);
	END LOOP;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "live_runs_stay" BEFORE DELETE ON "live_runs" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "live_runs_keep_their_facts" BEFORE UPDATE ON "live_runs" FOR EACH ROW
	WHEN ((OLD."name", OLD."model", OLD."policy_hash", OLD."config"::text, OLD."config_hash", OLD."feed", OLD."broker", OLD."account", OLD."started_at", OLD."started_by")
		IS DISTINCT FROM (NEW."name", NEW."model", NEW."policy_hash", NEW."config"::text, NEW."config_hash", NEW."feed", NEW."broker", NEW."account", NEW."started_at", NEW."started_by"))
	EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "taken_live_commands_never_change" BEFORE UPDATE ON "live_commands"
	FOR EACH ROW WHEN (OLD."taken_at" IS NOT NULL) EXECUTE FUNCTION "refuse_change"();
