-- A reset remembered the entry of the audit log with which it began. What people see of the log are
-- acts, which have numbers of their own (0007): a link or a sentence that named the entry led to
-- some other act. An act whose beginning is gone is 0, which is no act's number.
ALTER TABLE resets RENAME COLUMN audit_id TO act;
UPDATE resets
   SET act = COALESCE((SELECT audit.act FROM audit WHERE audit.id = resets.act), 0);
