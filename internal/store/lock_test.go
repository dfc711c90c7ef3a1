package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/store/storetest"
)

func TestALockIsHeldTogetherOrAlone(t *testing.T) {
	t.Parallel()
	dsn := storetest.Postgres(t)
	ctx := t.Context()
	lock := store.PostgresLock(dsn, "files")
	one, err := lock.Together(ctx)
	if err != nil {
		t.Fatal(err)
	}
	two, err := lock.Together(ctx)
	if err != nil {
		t.Fatal(err)
	}
	other, err := store.PostgresLock(dsn, "keys").Alone(ctx)
	if err != nil {
		t.Fatalf("a lock of another name: %v", err)
	}
	if err := other(); err != nil {
		t.Error(err)
	}
	alone := make(chan error)
	go func() {
		release, err := lock.Alone(ctx)
		if err == nil {
			err = release()
		}
		alone <- err
	}()
	if err := one(); err != nil {
		t.Error(err)
	}
	select {
	case err := <-alone:
		t.Fatalf("held alone while another holds it: %v", err)
	default:
	}
	if err := two(); err != nil {
		t.Error(err)
	}
	if err := <-alone; err != nil {
		t.Fatal(err)
	}
}

func TestWhoeverGivesUpWaitingForALockLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dsn := storetest.Postgres(t)
	lock := store.PostgresLock(dsn, "files")
	held, err := lock.Alone(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := lock.Alone(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting for a lock that is held: %v", err)
	}
	if err := held(); err != nil {
		t.Error(err)
	}
	again, err := lock.Alone(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := again(); err != nil {
		t.Error(err)
	}
}
