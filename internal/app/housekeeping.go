package app

import (
	"context"
	"time"

	"github.com/analytix-flow/analytix/internal/task"
)

// The tasks that look after the house.
const (
	kindUploads   = "app.expire-uploads"
	kindRetention = "app.retain"
	kindRemind    = "app.remind"
)

// housekeeping are periodic tasks: unfinished uploads expire, data that is kept no longer is erased, people are
// told of deadlines.
func (a *App) housekeeping() []task.Kind {
	return []task.Kind{
		{Name: kindUploads, Every: 10 * time.Minute, Work: func(ctx context.Context, _ task.Task, _ task.Report) (task.Finish, error) {
			_, err := a.uploads.Expire(ctx)
			return nil, err
		}},
		{Name: kindRetention, Every: time.Hour, Work: func(ctx context.Context, _ task.Task, _ task.Report) (task.Finish, error) {
			_, err := a.Retain(ctx, time.Now())
			return nil, err
		}},
		{Name: kindRemind, Every: time.Minute, Work: func(ctx context.Context, _ task.Task, _ task.Report) (task.Finish, error) {
			return nil, a.Remind(ctx, time.Now())
		}},
	}
}
