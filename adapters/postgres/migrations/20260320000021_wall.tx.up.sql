-- When by each guest's own clocks, like 2026-12-03T19:40; '' where it goes at one instant.
ALTER TABLE campaigns ADD COLUMN wall TEXT NOT NULL DEFAULT '';
