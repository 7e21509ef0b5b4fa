// Package river runs what is periodic or retried on the river job queue, which
// keeps its jobs in the same database, and tells one process at a time, the
// leader, that it is time for what is done every second or so. Any number of
// processes may run it.
//
// Claims of messages and inbox events are not jobs: a queue that delivers at
// least once cannot send at most once. Nor is what campaigns wait for: the row of
// a job whose worker was killed stays "running" for a while, and keeps another
// from being made.
package river

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/jobfluss/nexo/core"
)

// A Task is work that is done every so often by one process at a time. Run may
// be called again before its time, and must not mind.
type Task struct {
	Name  string
	Every time.Duration // at least a second
	Most  time.Duration // how long one run may take; 0 for five minutes
	Run   func(context.Context) error
}

// A Beat tells a process that it is time for something, every so often and only
// while that process is the leader. It writes nothing: a job is worth its row
// where it must be retried or may run anywhere, and what is done every second
// anyway is neither. While leadership moves there may be none for some seconds,
// or two processes may hear it.
type Beat struct {
	Name  string
	Every time.Duration // at least a second
	Heard func()        // must return at once
}

// Config is what a Runner needs.
type Config struct {
	DB       *sql.DB // with SQLite, its one writer
	Postgres bool
	Tasks    []Task
	Beats    []Beat
	Log      *slog.Logger
}

// A Runner works jobs until it is stopped.
type Runner struct {
	client *river.Client[*sql.Tx]
}

// A job whose worker was killed stays "running", and keeps another of its sort
// from being made until the queue gives it up, which by itself takes an hour. So
// jobs are short, and given up soon after they could have ended. A [Task] may
// have a time of its own.
const (
	jobWithin   = 20 * time.Second
	rescueAfter = 30 * time.Second
)

// New returns a Runner that is not started yet.
func New(cfg Config) (*Runner, error) {
	const op = "river.New"
	workers := river.NewWorkers()
	tasks := make(map[string]Task, len(cfg.Tasks))
	var periodic []*river.PeriodicJob
	for _, t := range cfg.Tasks {
		tasks[t.Name] = t
		periodic = append(periodic, every(t.Name, t.Every, func() river.JobArgs { return taskArgs{Name: t.Name} }))
	}
	for _, b := range cfg.Beats {
		periodic = append(periodic, river.NewPeriodicJob(river.PeriodicInterval(b.Every),
			func() (river.JobArgs, *river.InsertOpts) { b.Heard(); return nil, nil }, // no job
			&river.PeriodicJobOpts{ID: b.Name, RunOnStart: true}))
	}
	if err := river.AddWorkerSafely(workers, &tasker{tasks: tasks}); err != nil {
		return nil, core.Wrap(op, core.Internal, "", err)
	}
	client, err := river.NewClient(driver(cfg.DB, cfg.Postgres), &river.Config{
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 8}},
		Workers:                     workers,
		PeriodicJobs:                periodic,
		JobTimeout:                  jobWithin,
		RescueStuckJobsAfter:        rescueAfter,
		MaxAttempts:                 5,
		CompletedJobRetentionPeriod: time.Hour,
		Logger:                      slog.New(quiet{cfg.Log.Handler()}),
	})
	if err != nil {
		return nil, core.Wrap(op, core.Internal, "", err)
	}
	return &Runner{client: client}, nil
}

// Start works jobs until ctx ends or Stop is called. It returns at once.
func (r *Runner) Start(ctx context.Context) error {
	if err := r.client.Start(ctx); err != nil {
		return core.Wrap("river.Start", core.Unavailable, "the job queue did not start; are its tables there? run nexo migrate up", err)
	}
	return nil
}

// Stop lets running jobs end, or cuts them off when ctx ends. Jobs that are cut
// off run again.
func (r *Runner) Stop(ctx context.Context) error {
	if err := r.client.Stop(ctx); err == nil {
		return nil
	}
	cut, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := r.client.StopAndCancel(cut); err != nil {
		return core.Wrap("river.Stop", core.Unavailable, "jobs were still running when the time to stop was over", err)
	}
	return nil
}

// Migrate brings the queue's own tables up to date.
func Migrate(ctx context.Context, db *sql.DB, postgres bool) error {
	m, err := rivermigrate.New(driver(db, postgres), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return core.Wrap("river.Migrate", core.Internal, "", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return core.Wrap("river.Migrate", core.Unavailable, "the job queue's tables could not be made", err)
	}
	return nil
}

// live are the states in which a second job of the same kind would be one too
// many. A finished one is not in the way.
var live = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
	rivertype.JobStateRetryable, rivertype.JobStateScheduled,
}

func once() river.UniqueOpts { return river.UniqueOpts{ByArgs: true, ByState: live} }

func every(id string, d time.Duration, args func() river.JobArgs) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(d),
		func() (river.JobArgs, *river.InsertOpts) { return args(), &river.InsertOpts{UniqueOpts: once()} },
		&river.PeriodicJobOpts{ID: id, RunOnStart: true})
}

// taskArgs asks for a Task by its name.
type taskArgs struct {
	Name string `json:"name"`
}

// Kind names the job.
func (taskArgs) Kind() string { return "task" }

type tasker struct {
	river.WorkerDefaults[taskArgs]
	tasks map[string]Task
}

// Timeout is the task's own.
func (w *tasker) Timeout(job *river.Job[taskArgs]) time.Duration { return w.tasks[job.Args.Name].Most }

// Work runs the task. A name that this process does not know, of a version
// older or newer, is left alone.
func (w *tasker) Work(ctx context.Context, job *river.Job[taskArgs]) error {
	t, ok := w.tasks[job.Args.Name]
	if !ok {
		return river.JobCancel(core.E("river.task", core.NotFound, "this version has no task "+job.Args.Name))
	}
	return t.Run(ctx)
}

// quiet passes on warnings and worse: what the queue says about itself at every
// start is of no interest to an operator.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }

func (q quiet) WithAttrs(as []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(as)} }
func (q quiet) WithGroup(name string) slog.Handler    { return quiet{q.Handler.WithGroup(name)} }
