package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/apps/internal/env"
)

func withOffice(ctx context.Context, f func(*nexo.Office) error) error {
	p, err := env.Read(os.Getenv, ":0", env.Needs{})
	if err != nil {
		return err
	}
	p.LogLevel = max(p.LogLevel, slog.LevelWarn) // what is printed is for people
	o, cleanup, err := nexo.NewOffice(ctx, p.Config, p.Logger("nexo"))
	if err != nil {
		return err
	}
	defer cleanup()
	return f(o)
}
