-- These run with the rights of the owner. Without this, any role could make them the trigger of a temporary table of its own and have them
-- write trial_figures. EXECUTE is checked when a trigger is created, so the triggers that exist go on working.
REVOKE EXECUTE ON FUNCTION "write_params"(), "rewrite_params"(), "write_results"() FROM PUBLIC;
