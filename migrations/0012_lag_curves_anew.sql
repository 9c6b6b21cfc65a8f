-- Curves told when something was written before the console watched by asking the cluster for offsets
-- by time. Of a partition whose beginning was deleted, such an answer is its first record, however
-- young: the curves said that it was there a week ago. What is true of them cannot be told apart.
DELETE FROM lag_curves;
