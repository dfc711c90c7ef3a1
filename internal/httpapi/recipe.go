package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/recipe"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/tier"
)

// KeptRecipe is a recipe or a set of policies that a workspace keeps.
type KeptRecipe struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Text    string    `json:"text" doc:"YAML, as recipe.yaml of a run."`
	Author  string    `json:"author" doc:"Id of the account."`
	Active  bool      `json:"active" doc:"Of policies: whether they decide on runs that begin from now on."`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

// RecipeBody is a recipe or a set of policies as it is sent.
type RecipeBody struct {
	Name   string `json:"name" minLength:"1" maxLength:"200"`
	Text   string `json:"text" minLength:"1" maxLength:"500000"`
	Active bool   `json:"active,omitempty" doc:"Of policies alone."`
}

// RecipePath names a recipe of a workspace.
type RecipePath struct {
	WorkspacePath
	Recipe string `path:"recipe" maxLength:"64"`
}

type recipeOutput struct {
	ETag string `header:"ETag"`
	Body KeptRecipe
}

type recipesOutput struct {
	Body struct {
		Recipes []KeptRecipe `json:"recipes"`
	}
}

func recipeView(r *store.Recipe) *recipeOutput {
	return &recipeOutput{ETag: etag(strconv.FormatInt(r.Version, 10)), Body: KeptRecipe{ID: r.ID, Name: r.Name, Text: r.Text, Author: r.Author,
		Active: r.Active, Created: r.Created, Updated: r.Updated}}
}

// shelf is the kind of recipe that a set of operations keeps: recipes and policies differ in who may write them.
type shelf struct {
	kind    store.RecipeKind
	plural  string
	write   access.Permission
	feature tier.Feature
}

func (a *API) recipes() {
	a.shelve(shelf{store.KindRecipe, "recipes", access.RecipesWrite, tier.Recipes})
}

func (a *API) policies() {
	a.shelve(shelf{store.KindPolicy, "policies", access.PoliciesWrite, tier.Policies})
	register(a, need(access.RecipesRead), huma.Operation{OperationID: "dry-run-policies", Method: http.MethodPost,
		Path: Prefix + "/workspaces/{workspace}/policies/dry-run", Summary: "What policies or a recipe would decide on the issues of a run, without deciding it",
		Tags: []string{"policies"}, DefaultStatus: http.StatusOK}, a.dryRun)
}

func (a *API) shelve(s shelf) {
	all := Prefix + "/workspaces/{workspace}/" + s.plural
	one := all + "/{recipe}"
	tags := []string{s.plural}
	register(a, need(access.RecipesRead), huma.Operation{OperationID: "list-" + s.plural, Method: http.MethodGet, Path: all,
		Summary: "The " + s.plural + " that the workspace keeps", Tags: tags},
		func(ctx context.Context, in *WorkspacePath) (*recipesOutput, error) {
			list, err := a.App.Recipes(ctx, in.Workspace, s.kind)
			if err != nil {
				return nil, err
			}
			out := &recipesOutput{}
			out.Body.Recipes = make([]KeptRecipe, len(list))
			for i := range list {
				out.Body.Recipes[i] = recipeView(&list[i]).Body
			}
			return out, nil
		})
	register(a, need(access.RecipesRead), huma.Operation{OperationID: "get-" + string(s.kind), Method: http.MethodGet, Path: one, Summary: "One of them", Tags: tags},
		func(ctx context.Context, in *RecipePath) (*recipeOutput, error) {
			r, err := a.kept(ctx, *in, s)
			if err != nil {
				return nil, err
			}
			return recipeView(r), nil
		})
	a.shelveChanges(s, all, one, tags)
}

func (a *API) shelveChanges(s shelf, all, one string, tags []string) {
	register(a, need(s.write), huma.Operation{OperationID: "create-" + string(s.kind), Method: http.MethodPost, Path: all, Summary: "Keep a new one",
		Tags: tags, DefaultStatus: http.StatusCreated},
		func(ctx context.Context, in *struct {
			WorkspacePath
			Body RecipeBody
		},
		) (*recipeOutput, error) {
			if err := a.writable(ctx, in.Workspace, s, in.Body.Text); err != nil {
				return nil, err
			}
			r, err := a.App.CreateRecipe(ctx, store.Recipe{Workspace: in.Workspace, Kind: s.kind, Name: in.Body.Name, Text: in.Body.Text,
				Active: in.Body.Active && s.kind == store.KindPolicy, Author: caller(ctx).Account})
			if err != nil {
				return nil, err
			}
			return recipeView(r), nil
		})
	register(a, need(s.write), huma.Operation{OperationID: "put-" + string(s.kind), Method: http.MethodPut, Path: one, Summary: "Write it anew", Tags: tags},
		func(ctx context.Context, in *struct {
			RecipePath
			IfMatch string `header:"If-Match" maxLength:"100"`
			Body    RecipeBody
		},
		) (*recipeOutput, error) {
			r, err := a.keptAt(ctx, in.RecipePath, s, in.IfMatch)
			if err != nil {
				return nil, err
			}
			if err := a.writable(ctx, in.Workspace, s, in.Body.Text); err != nil {
				return nil, err
			}
			r.Name, r.Text, r.Active, r.Author = in.Body.Name, in.Body.Text, in.Body.Active && s.kind == store.KindPolicy, caller(ctx).Account
			if err := a.App.SaveRecipe(ctx, r); err != nil {
				return nil, err
			}
			return recipeView(r), nil
		})
	register(a, need(s.write), huma.Operation{OperationID: "remove-" + string(s.kind), Method: http.MethodDelete, Path: one, Summary: "Remove it", Tags: tags},
		func(ctx context.Context, in *struct {
			RecipePath
			IfMatch string `header:"If-Match" maxLength:"100"`
		},
		) (*struct{}, error) {
			r, err := a.keptAt(ctx, in.RecipePath, s, in.IfMatch)
			if err != nil {
				return nil, err
			}
			return nil, a.App.DropRecipe(ctx, r.ID, r.Version)
		})
}

func (a *API) kept(ctx context.Context, p RecipePath, s shelf) (*store.Recipe, error) {
	r, err := a.App.Recipe(ctx, p.Workspace, p.Recipe)
	if err == nil && r.Kind != s.kind {
		err = missing()
	}
	return r, err
}

// keptAt is a recipe at the version that the caller saw.
func (a *API) keptAt(ctx context.Context, p RecipePath, s shelf, ifMatch string) (*store.Recipe, error) {
	version, err := matchesVersion(ifMatch)
	if err != nil {
		return nil, err
	}
	r, err := a.kept(ctx, p, s)
	if err != nil {
		return nil, err
	}
	r.Version = version
	return r, nil
}

// writable says whether the tier has such recipes and the text is one.
func (a *API) writable(ctx context.Context, workspace string, s shelf, text string) error {
	l, err := a.limits(ctx, workspace)
	if err != nil {
		return err
	}
	if err := l.CheckFeature(s.feature); err != nil {
		return err
	}
	_, err = parseRecipe(text)
	return err
}

func parseRecipe(text string) (*recipe.Recipe, error) {
	r, err := recipe.Parse([]byte(text))
	if err != nil {
		return nil, newProblem(http.StatusUnprocessableEntity, "recipe", sentence(err)).kept("nothing was changed").next("correct the text")
	}
	return r, nil
}

// DryRun is what a recipe or policies would decide.
type DryRun struct {
	Decisions []flow.Decision `json:"decisions"`
	New       []DryRunNew     `json:"new" doc:"Issues that nothing covers: a person would be asked."`
}

// DryRunNew is an issue that nothing covers.
type DryRunNew struct {
	Item string `json:"item"`
	Why  string `json:"why"`
}

func (a *API) dryRun(ctx context.Context, in *struct {
	WorkspacePath
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"500000"`
		Run  string `json:"run" minLength:"1" maxLength:"64" doc:"A run of the workspace whose issues are known."`
	}
},
) (*documentOutput[DryRun], error) {
	r, err := parseRecipe(in.Body.Text)
	if err != nil {
		return nil, err
	}
	record, state, err := a.state(ctx, RunPath{in.WorkspacePath, in.Body.Run})
	if err != nil {
		return nil, err
	}
	st := state.Stages[flow.Quality]
	if st == nil || st.Proposal == nil {
		return nil, newProblem(http.StatusConflict, "conflict", "The run has no issues yet.").next("name a run that has reached its quality control point")
	}
	facts, factsErr := app.DocumentOf[flow.Facts](ctx, a.App, in.Body.Run, flow.Reception)
	list, listErr := app.DocumentOf[flow.IssueList](ctx, a.App, in.Body.Run, flow.Quality)
	if err := errors.Join(factsErr, listErr); err != nil {
		return nil, err
	}
	taken, err := (&recipe.Automatic{Recipe: r}).At(recipe.Point{Columns: facts.Names(), Target: recipe.Target{
		Proposal: st.Proposal, Issues: list.Issues, SHA256: record.Head.SHA256, Rows: facts.Rows}}, a.now())
	if err != nil {
		return nil, newProblem(http.StatusUnprocessableEntity, "recipe", sentence(err))
	}
	out := &documentOutput[DryRun]{Body: DryRun{Decisions: []flow.Decision{}, New: []DryRunNew{}}}
	out.Body.Decisions = append(out.Body.Decisions, taken.Decisions...)
	for _, n := range taken.New {
		out.Body.New = append(out.Body.New, DryRunNew{Item: n.Item.ID, Why: n.Why})
	}
	return out, nil
}
