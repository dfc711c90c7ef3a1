package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// RecipeKind says what a kept recipe is for.
type RecipeKind string

// The kinds of kept recipes.
const (
	KindRecipe RecipeKind = "recipe" // decisions to replay on another file
	KindPolicy RecipeKind = "policy" // rules that decide on every run of the workspace while they are in force
)

// Recipe is a recipe or a set of policies that a workspace keeps. Text is what package recipe reads.
type Recipe struct {
	ID        string
	Workspace string
	Kind      RecipeKind
	Name      string
	Text      string
	Author    string // account
	Active    bool   // of a policy: whether it decides
	Version   int64
	Created   time.Time
	Updated   time.Time
}

type recipeBody struct {
	Name   string `json:"name"`
	Text   string `json:"text"`
	Author string `json:"author"`
	Active bool   `json:"active"`
}

const recipeColumns = "id, workspace, kind, version, body, created, updated"

func (s *Store) scanRecipe(scan func(...any) error) (Recipe, error) {
	var r Recipe
	var body []byte
	var created, updated int64
	if err := scan(&r.ID, &r.Workspace, &r.Kind, &r.Version, &body, &created, &updated); err != nil {
		return r, err
	}
	var b recipeBody
	if err := s.unsealJSON(body, &b); err != nil {
		return r, fmt.Errorf("reading recipe %s: %w", r.ID, err)
	}
	r.Name, r.Text, r.Author, r.Active = b.Name, b.Text, b.Author, b.Active
	r.Created, r.Updated = moment(created), moment(updated)
	return r, nil
}

// InsertRecipe records a new recipe at version 1.
func (t *Tx) InsertRecipe(ctx context.Context, r Recipe) error {
	body, err := t.s.sealJSON(recipeBody{r.Name, r.Text, r.Author, r.Active})
	if err != nil {
		return fmt.Errorf("recording recipe %s: %w", r.ID, err)
	}
	now := t.s.now()
	_, err = t.exec(ctx, "INSERT INTO recipe ("+recipeColumns+") VALUES ($1,$2,$3,$4,$5,$6,$7)", r.ID, r.Workspace, string(r.Kind),
		int64(1), body, now, now)
	if err != nil {
		return fmt.Errorf("recording recipe %s: %w", r.ID, err)
	}
	return nil
}

// SaveRecipe writes a recipe where it is still at r.Version, and counts it up. The error wraps ErrConflict where it is
// not.
func (t *Tx) SaveRecipe(ctx context.Context, r *Recipe) error {
	body, err := t.s.sealJSON(recipeBody{r.Name, r.Text, r.Author, r.Active})
	if err != nil {
		return fmt.Errorf("saving recipe %s: %w", r.ID, err)
	}
	n, err := t.exec(ctx, "UPDATE recipe SET body = $1, updated = $2, version = version + 1 WHERE id = $3 AND version = $4",
		body, t.s.now(), r.ID, r.Version)
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("saving recipe %s: %w", r.ID, err)
	}
	r.Version++
	return nil
}

// DropRecipe removes a recipe where it is still at the version. The error wraps ErrConflict where it is not.
func (t *Tx) DropRecipe(ctx context.Context, id string, version int64) error {
	n, err := t.exec(ctx, "DELETE FROM recipe WHERE id = $1 AND version = $2", id, version)
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("removing recipe %s: %w", id, err)
	}
	return nil
}

// Recipe reads a recipe of a workspace; the error wraps ErrNotFound where it has none of that id.
func (s *Store) Recipe(ctx context.Context, workspace, id string) (*Recipe, error) {
	r, err := s.scanRecipe(s.read.QueryRowContext(ctx, "SELECT "+recipeColumns+" FROM recipe WHERE workspace = $1 AND id = $2",
		workspace, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("recipe %s: %w", id, err)
	}
	return &r, nil
}

// Recipes lists what a workspace keeps of a kind, the oldest first.
func (s *Store) Recipes(ctx context.Context, workspace string, kind RecipeKind) ([]Recipe, error) {
	all, err := list(ctx, s.read, s.scanRecipe, "SELECT "+recipeColumns+" FROM recipe WHERE workspace = $1 AND kind = $2 ORDER BY created, id",
		workspace, string(kind))
	if err != nil {
		return nil, fmt.Errorf("listing the recipes of workspace %s: %w", workspace, err)
	}
	return all, nil
}
