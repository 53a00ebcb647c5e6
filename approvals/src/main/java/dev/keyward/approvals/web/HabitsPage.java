package dev.keyward.approvals.web;

import dev.keyward.approvals.Habit;
import java.util.List;

/// How people have decided in the last days.
record HabitsPage(Visitor.Known visitor, int days, List<Habit> habits) {}
